import { z } from 'zod';
import { InvalidInput, NotFound } from '../../../../kit/base/errors.ts';
import { newId } from '../../../../kit/base/ids.ts';
import { id, parseInput } from '../../../../kit/base/input.ts';
import type { Page } from '../../../../kit/graph/connections.ts';
import { type Caller, requireViewer } from '../../../../kit/identity/caller.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import type { PairStore } from '../contacts/pair.ts';
import { subject } from '../contacts/subjects.ts';
import type { ProfileStore } from '../profiles/profiles.ts';

/** Somebody whom a user has blocked. */
export interface Block {
  /** Sorts by when it was made. */
  id: string;
  blockedId: string;
  createdAt: Date;
}

export interface BlockStore {
  /** Whom a user has blocked, newest first. A position is the id of a block. */
  list(userId: string, page: Page<string>): Promise<Block[]>;
  /** Those of the ids whom the user has blocked. */
  blockedAmong(userId: string, ids: readonly string[]): Promise<string[]>;
}

const whom = z.object({ userId: id('user', 'The user id') });

/**
 * Whom a user wants to hear nothing of. Only the one who blocks knows of it: to the other everything looks as
 * if they were overlooked.
 */
export interface Blocks {
  /** The id of the user. Blocked already, nothing changes. @throws Unauthenticated, InvalidInput, NotFound */
  block(caller: Caller, input: unknown): Promise<string>;
  /** The id of the user. Not blocked, nothing changes. @throws Unauthenticated, InvalidInput */
  unblock(caller: Caller, input: unknown): Promise<string>;
  /** A page of those whom the viewer has blocked. @throws Unauthenticated */
  list(caller: Caller, page: Page<string>): Promise<Block[]>;
}

export function createBlocks(ports: {
  store: BlockStore;
  pairs: PairStore;
  profiles: Pick<ProfileStore, 'find'>;
  log: Log;
}): Blocks {
  const { store, pairs, profiles, log } = ports;
  return {
    async block(caller, input) {
      const { userId } = requireViewer(caller);
      const { userId: blockedId } = parseInput(whom, input);
      if (blockedId === userId) throw new InvalidInput('userId', 'You cannot block yourself.');
      if ((await profiles.find([blockedId])).length === 0) throw new NotFound('user');
      const isNew = await pairs.between(userId, blockedId, async (pair) => {
        if (await pair.hasBlocked(userId)) return false;
        await pair.addBlock(userId, newId('block'));
        pair.tell(userId, subject('block', blockedId));
        const pending = await pair.pendingRequest();
        if (pending?.senderId === blockedId && !pending.isIgnored) {
          await pair.ignoreRequest(pending.id);
          pair.tell(userId, subject('request', pending.id));
        }
        return true;
      });
      if (isNew) log.info({ userId, blockedId }, 'user blocked');
      return blockedId;
    },

    async unblock(caller, input) {
      const { userId } = requireViewer(caller);
      const { userId: blockedId } = parseInput(whom, input);
      const wasBlocked = await pairs.between(userId, blockedId, async (pair) => {
        if (!(await pair.removeBlock(userId))) return false;
        pair.tell(userId, subject('block', blockedId));
        return true;
      });
      if (wasBlocked) log.info({ userId, blockedId }, 'user unblocked');
      return blockedId;
    },

    async list(caller, page) {
      return store.list(requireViewer(caller).userId, page);
    },
  };
}
