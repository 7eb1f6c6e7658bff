import { InvalidInput } from '../../../../kit/base/errors.ts';
import { isId } from '../../../../kit/base/ids.ts';
import type { Caller } from '../../../../kit/identity/caller.ts';
import { requireReachReader } from '../policies.ts';
import type { PrivacySettings, Setting } from './settings.ts';

/** What one user may want to do with another. */
export type ReachAction =
  | 'ASK'
  | 'ADD_TO_GROUP'
  | 'WRITE'
  | 'SEE_PRESENCE'
  | 'SEE_LAST_SEEN'
  | 'SEE_RECEIPTS'
  | 'SEE_TYPING'
  | 'FIND';

/** Who wants to do something, and with whom. */
export interface ReachPair {
  userId: string;
  otherId: string;
}

/** What is between the two of a pair. */
export interface ReachFacts {
  areFriends: boolean;
  /** Whether the user has blocked the other. */
  hasBlocked: boolean;
  /** Whether the other has blocked the user. */
  isBlocked: boolean;
  /** Of the other. */
  settings: PrivacySettings;
}

export interface ReachStore {
  /** What is between the two of each pair, in their order; null where the second is no user. */
  facts(pairs: readonly ReachPair[]): Promise<(ReachFacts | null)[]>;
}

const SETTING_OF: Record<ReachAction, Setting> = {
  ASK: 'whoMayAsk',
  ADD_TO_GROUP: 'whoMayAddToGroups',
  WRITE: 'whoMayWrite',
  SEE_PRESENCE: 'whoMaySeePresence',
  SEE_LAST_SEEN: 'whoMaySeeLastSeen',
  SEE_RECEIPTS: 'whoMaySeeReceipts',
  SEE_TYPING: 'whoMaySeeTyping',
  FIND: 'whoMayFind',
};

/** What everybody may do with themselves; the rest takes two. */
const ALONE: ReadonlySet<ReachAction> = new Set([
  'SEE_PRESENCE',
  'SEE_LAST_SEEN',
  'SEE_RECEIPTS',
  'SEE_TYPING',
  'FIND',
]);

/** `CLOSED` by the other's setting; `BLOCKED` where only a block is in the way, which nothing may tell. */
export type Verdict = 'OPEN' | 'CLOSED' | 'BLOCKED';

/** The one rule of who reaches whom. The setting goes first: to the blocked all looks as if they were not. */
export function verdictOf(action: ReachAction, facts: ReachFacts): Verdict {
  const audience = facts.settings[SETTING_OF[action]];
  if (audience === 'NOBODY' || (audience === 'FRIENDS' && !facts.areFriends)) return 'CLOSED';
  // Whoever blocks somebody still finds them: so they can unblock them.
  const isApart = facts.isBlocked || (facts.hasBlocked && action !== 'FIND');
  return isApart ? 'BLOCKED' : 'OPEN';
}

/** The most pairs that another service may ask about at once. */
const MAX_PAIRS = 500;

/** Who may do what with whom. */
export interface Reach {
  /** Whether the first of each pair may do it with the second, in their order. For this service itself. */
  may(action: ReachAction, pairs: readonly ReachPair[]): Promise<boolean[]>;
  /** The same for several things at once: the answers to each, in their order. For this service itself. */
  mayEach(actions: readonly ReachAction[], pairs: readonly ReachPair[]): Promise<boolean[][]>;
  /** Those of the others with whom the user may do it. For this service itself. */
  among(action: ReachAction, userId: string, otherIds: readonly string[]): Promise<Set<string>>;
  /** The same as `may`, for other services. @throws Forbidden, InvalidInput */
  answer(caller: Caller, action: ReachAction, pairs: readonly ReachPair[]): Promise<boolean[]>;
}

export function createReach(store: ReachStore): Reach {
  async function mayEach(actions: readonly ReachAction[], pairs: readonly ReachPair[]): Promise<boolean[][]> {
    const isAsked = ({ userId, otherId }: ReachPair) =>
      userId !== otherId && isId('user', userId) && isId('user', otherId);
    const facts = await store.facts(pairs.filter(isAsked));
    return actions.map((action) => {
      const next = facts.values();
      return pairs.map((pair) => {
        if (!isAsked(pair)) return pair.userId === pair.otherId && ALONE.has(action);
        const found = next.next().value;
        return found != null && verdictOf(action, found) === 'OPEN';
      });
    });
  }

  async function may(action: ReachAction, pairs: readonly ReachPair[]): Promise<boolean[]> {
    const [answers = []] = await mayEach([action], pairs);
    return answers;
  }

  return {
    may,
    mayEach,

    async among(action, userId, otherIds) {
      const answers = await may(
        action,
        otherIds.map((otherId) => ({ userId, otherId })),
      );
      return new Set(otherIds.filter((_, index) => answers[index]));
    },

    async answer(caller, action, pairs) {
      requireReachReader(caller);
      if (pairs.length > MAX_PAIRS) throw new InvalidInput('pairs', `Ask about at most ${MAX_PAIRS} pairs at once.`);
      return may(action, pairs);
    },
  };
}
