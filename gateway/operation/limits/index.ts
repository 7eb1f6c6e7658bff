import type { GraphQLError } from 'graphql';
import { createShares } from '../../../kit/base/containers/shares.ts';
import type { Slowdown } from '../../../kit/base/slowdown.ts';
import type { Estimate, Variables } from '../../../kit/graph/limits/cost/estimate.ts';
import { tooExpensive } from '../../../kit/graph/limits/limits.ts';
import { refusal } from '../../../kit/graph/refusal.ts';
import type { Viewer } from '../../../kit/identity/caller.ts';
import type { Log } from '../../../kit/observe/log.ts';
import { counter } from '../../../kit/observe/metrics.ts';
import type { Redis } from '../../../kit/redis/client.ts';
import { createBudgets } from './budget.ts';
import type { ProtectionConfig } from './config.ts';
import { introspectionRefusal, mayIntrospect, withoutSuggestions } from './introspection.ts';
import { createPersistedOperations, type PersistedOperations } from './persisted.ts';

/** Who asks: a viewer, or the address that a client without one calls from. */
export interface Asker {
  viewer: Viewer | null;
  address: string;
}

/** What of an operation decides what its size costs. */
export interface SentOperation {
  query: string;
  /** Bytes of all that was sent, without those that were paid for unread. */
  bytes: number;
}

/** What of a prepared operation decides whether it is executed. */
export interface Asked {
  asksForSchema: boolean;
  estimate: Estimate;
}

/**
 * What stands between a client and the execution of its operation. How large a text may be is said where it
 * is read: `readDocument`.
 */
export interface Protection extends PersistedOperations {
  /**
   * Null where a body or message of so many bytes may be parsed as JSON. What it has above UNREAD_BYTES is
   * paid for here, before anybody looks into it.
   */
  admitUnread(bytes: number, asker: Asker): GraphQLError | null | Promise<GraphQLError | null>;
  /**
   * Null where an operation of this size may be read on. What is sent beside its text costs by its length,
   * whether it turns out to be valid or not: reading variables, and handing them on, takes time that grows
   * with them.
   */
  admitSize(sent: SentOperation, asker: Asker): GraphQLError | null | Promise<GraphQLError | null>;
  /**
   * Null where a text that is new to this process may be read. It costs one for each character: validating
   * and planning it holds up everybody.
   */
  admitText(text: string, asker: Asker): GraphQLError | null | Promise<GraphQLError | null>;
  /**
   * Reads and plans a text that is new to this process: one at a time for each payer, who pays for the time
   * that it took. @throws GraphQLError RATE_LIMITED where too many of them wait
   */
  readNew<T>(asker: Asker, work: (meter: Meter) => Promise<T>): Promise<T>;
  /**
   * Null where the operation may be executed: at once, unless Redis has to be asked. @throws GraphQLError
   * where its cost cannot be said
   */
  admit(asked: Asked, variables: Variables, asker: Asker): GraphQLError | null | Promise<GraphQLError | null>;
  /**
   * The refusal of a payer of whom some refusals wait already: nothing of the request has to be read for it.
   * Null for everybody else.
   */
  refuseUnread(asker: Asker): GraphQLError | null;
  /**
   * The pause before the refusal of so many bytes for want of budget (429) goes out. Null where too many
   * wait: the connection closes without an answer. Nothing may be read from the connection meanwhile.
   */
  hold(asker: Asker, bytes: number): Promise<void> | null;
  /** The message of a fault, as those may read it who ask. */
  tell(message: string, asker: Asker): string;
}

/** Sums up the processor time of work for one payer. */
export interface Meter {
  /** Measures work on this thread, which holds up everybody. */
  measure<T>(work: () => T): T;
  /** Adds what another thread has used. */
  add(microseconds: number): void;
}

/**
 * New texts that are read at once, between which Redis is asked; and those that wait, in all and of one
 * payer.
 */
const READ_AT_ONCE = 4;
const MAX_WAITING = 1_000;
const OWN_WAITING = 30;
/** How long a payer rests after a text, by how long that took: all others wait for parts of it. */
const REST = 2;
/** How long a text may wait, in ms. */
const PATIENCE = 10_000;
/**
 * What a millisecond of the processor costs that goes into reading and planning: 2,000 a second are a
 * twenty-fifth of it.
 */
const UNITS_PER_MS = 50;
/** What is longer is too large to be read on anyway. */
const MAX_TEXT_COST = 10_000;
/** Bytes beside the text that are free: the variables of nearly all operations have less. */
const FREE_BYTES = 1_000;
/**
 * Bytes of a body or message that are parsed before anybody pays for them: 0.1 ms of the processor.
 */
export const UNREAD_BYTES = 4_000;
/**
 * Bytes above this cost twice: they are parsed in one turn of the event loop, for which all others wait.
 */
const LARGE_BYTES = 100_000;
/**
 * Bytes beside the text that cost as much as one object of an answer: so many take 8 us in the gateway and a
 * service.
 */
const BYTES_PER_UNIT = 16;

/**
 * Refusals of a payer that wait when the next request is refused unread. Fewer may be one dear operation
 * among others.
 */
const UNREAD_AFTER = 4;
const held = counter('beaver_refusals_held_total', 'Refusals for want of budget, by what they got.', ['outcome']);

export function createProtection(
  config: ProtectionConfig,
  redis: Redis,
  namespace: string,
  log: Log,
  slowdown: Slowdown,
): Protection {
  const { maxCost, introspection } = config;
  const budgets = createBudgets(config.budget, redis, namespace, log);
  const persisted = createPersistedOperations(config, redis, namespace, log);
  const share = { places: 1, queue: OWN_WAITING };
  const newTexts = createShares({
    places: READ_AT_ONCE,
    keptPlaces: 0,
    queue: MAX_WAITING,
    perPerson: share,
    perAddress: share,
    patience: PATIENCE,
    rest: (_, took) => REST * took,
    refuse: tooManyNew,
  });

  /** Has the payer pay for the time that the work says it took, also where it fails. */
  async function metered<T>(asker: Asker, work: (meter: Meter) => Promise<T>): Promise<T> {
    let microseconds = 0;
    const add = (more: number) => {
      microseconds += more;
    };
    const measure: Meter['measure'] = (measured) => {
      const before = process.threadCpuUsage();
      try {
        return measured();
      } finally {
        const { user, system } = process.threadCpuUsage(before);
        add(user + system);
      }
    };
    try {
      return await work({ measure, add });
    } finally {
      await budgets.charge(payerOf(asker), Math.ceil((microseconds / 1000) * UNITS_PER_MS));
    }
  }

  return {
    find: persisted.find,

    readNew(asker, work) {
      const { viewer, address } = asker;
      const payer = viewer
        ? { person: viewer.userId, address: null, isKnown: true }
        : { person: null, address, isKnown: false };
      return newTexts.run(payer, () => metered(asker, work));
    },

    admitUnread(bytes, asker) {
      const charged = bytes - UNREAD_BYTES + Math.max(0, bytes - LARGE_BYTES);
      return charged <= 0 ? null : budgets.spend(payerOf(asker), Math.ceil(charged / BYTES_PER_UNIT));
    },

    admitSize({ query, bytes }, asker) {
      const charged = bytes - query.length - FREE_BYTES;
      return charged <= 0 ? null : budgets.spend(payerOf(asker), Math.ceil(charged / BYTES_PER_UNIT));
    },

    admitText: (text, asker) => budgets.spend(payerOf(asker), Math.min(text.length, MAX_TEXT_COST)),

    admit({ asksForSchema, estimate }, variables, asker) {
      if (asksForSchema && !mayIntrospect(introspection, asker.viewer)) return introspectionRefusal(introspection);
      const cost = estimate(variables);
      if (cost > maxCost) return tooExpensive(cost, maxCost);
      // Nothing is free: an operation that returns no object takes its time too.
      return budgets.spend(payerOf(asker), Math.max(1, cost));
    },

    refuseUnread: (asker) => (slowdown.waitingOf(payerOf(asker)) < UNREAD_AFTER ? null : tooManyRefused()),

    hold(asker, bytes) {
      const pause = slowdown.hold(payerOf(asker), bytes);
      held.add(pause ? 'pause' : 'close');
      return pause;
    },

    tell: (message, { viewer }) => (mayIntrospect(introspection, viewer) ? message : withoutSuggestions(message)),
  };
}

function payerOf({ viewer, address }: Asker): string {
  return viewer ? `user:${viewer.userId}` : `address:${address}`;
}

function tooManyRefused(): GraphQLError {
  const message = 'Too much was asked in a short time, and other requests wait for their refusal. Try again in 1 s.';
  return refusal('RATE_LIMITED', message, { fields: { retryAfterSeconds: 1 }, status: 429 });
}

function tooManyNew(): GraphQLError {
  const message =
    'Too many operations that are new here were sent at once. Send some at a time, and these again later.';
  return refusal('RATE_LIMITED', message, { fields: { retryAfterSeconds: 1 }, status: 429 });
}
