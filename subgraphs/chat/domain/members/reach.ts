import { LRUCache } from 'lru-cache';
import { createBatches } from '../../../../kit/base/containers/batches.ts';
import { within } from '../../../../kit/base/pause.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import type { ReachAction, ReachPair, UserService } from '../ports.ts';

/**
 * Who may do what with whom. The user service decides, by friendship, blocks and privacy settings; this is
 * the only place here that asks it.
 */
export interface Reach {
  /**
   * Whether a user may do it with another. The answer is at most 10 seconds old, and given at once where it
   * is known. While the user service is away its last answer goes on; without one, everybody may write and
   * nobody sees.
   */
  may(action: CachedAction, userId: string, otherId: string): Promise<boolean> | boolean;
  /** The same as of now, for each pair, in their order. @throws Unavailable */
  ask(action: ReachAction, pairs: readonly ReachPair[]): Promise<boolean[]>;
}

type CachedAction = keyof typeof FALLBACKS;

/** What is assumed where the user service was never asked and cannot be. */
const FALLBACKS = { WRITE: true, SEE_RECEIPTS: false, SEE_TYPING: false };
/** Pairs that are remembered for each action. */
const MAX_KNOWN = 50_000;
/** How old an answer may be, in ms. */
const MAX_AGE = 10_000;
/** The longest wait for an answer, in ms. */
const PATIENCE = 2_000;
/** The most pairs that the user service takes at once. */
const BATCH = 500;

export function createReach(users: UserService, log: Log): Reach {
  function createAnswers(action: CachedAction) {
    /** By both ids. Answers that are too old are asked for again. */
    const known = new LRUCache<string, boolean>({ max: MAX_KNOWN, ttl: MAX_AGE, allowStale: true });
    const asked = new Map<string, Promise<boolean>>();
    const batches = createBatches(async (keys) => {
      try {
        const answers = await within(PATIENCE, users.mayReach(action, keys.map(pairOf)));
        return new Map(keys.map((key, index) => [key, answers[index] === true]));
      } catch (error) {
        log.warn({ err: error, action }, 'who may do what with whom could not be asked; what was known goes on');
        throw error;
      }
    }, BATCH);

    async function ask(key: string): Promise<boolean> {
      const last = known.peek(key, { allowStale: true }) ?? FALLBACKS[action];
      const isOpen = (await within(PATIENCE, batches.get(key)).catch(() => undefined)) ?? last;
      known.set(key, isOpen);
      asked.delete(key);
      return isOpen;
    }

    return (userId: string, otherId: string): Promise<boolean> | boolean => {
      const key = `${userId} ${otherId}`;
      if (known.getRemainingTTL(key) > 0) return known.get(key) === true;
      let answer = asked.get(key);
      if (!answer) {
        answer = ask(key);
        asked.set(key, answer);
      }
      return answer;
    };
  }

  const answers = {
    WRITE: createAnswers('WRITE'),
    SEE_RECEIPTS: createAnswers('SEE_RECEIPTS'),
    SEE_TYPING: createAnswers('SEE_TYPING'),
  };
  return {
    may: (action, userId, otherId) => answers[action](userId, otherId),
    ask: (action, pairs) => users.mayReach(action, pairs),
  };
}

function pairOf(key: string): ReachPair {
  const [userId, otherId] = key.split(' ') as [string, string];
  return { userId, otherId };
}
