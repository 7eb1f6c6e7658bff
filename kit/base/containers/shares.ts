/**
 * Fair shares of something scarce: password hashes, pictures that are decoded. A bounded number of jobs runs
 * at once and a bounded number waits. Nobody can take it all:
 *
 * - Each person and each network address may hold only so many places and so many positions in the queue.
 * - Free places go round robin to those who wait, so a payer with a hundred jobs waits behind one with a
 *   single job.
 * - A payer may have to rest after a job. Their place goes to somebody else meanwhile, and they get none:
 *   what one payer uses of the processor is bounded, and comes in pieces with room for others in between.
 * - Half belongs to those who were here before. Known payers and strangers have queues and counts of their
 *   own, which get free places in turn; strangers fill at most half of the queue and never the kept places.
 */
export interface Shares {
  /**
   * Runs the work when it is the payer's turn. @throws what `refuse` makes, at once or when the patience ends
   */
  run<T>(payer: Payer, work: () => Promise<T>): Promise<T>;
  readonly running: number;
  readonly waiting: number;
}

/** Who a job is done for. Jobs without person and address count as those of one address. */
export interface Payer {
  /** The client's network (`Caller.address`). */
  address: string | null;
  /**
   * An account. Only an id that its owner has proved or that this service has found, never a text that
   * anybody can make up.
   */
  person: string | null;
  /**
   * Whether they were here before, for example by a session that goes on or a device that has signed in here.
   */
  isKnown: boolean;
}

/** What one person, or one address, may hold. */
export interface Share {
  places: number;
  queue: number;
}

export interface ShareLimits {
  /** Jobs that run at once. */
  places: number;
  /**
   * Places that strangers never get. Work of milliseconds needs none, because known payers get every second
   * place that becomes free; work of seconds needs half, or known payers would wait until a stranger's job
   * ends.
   */
  keptPlaces: number;
  /** Jobs that wait. Strangers fill half of it. */
  queue: number;
  perPerson: Share;
  perAddress: Share;
  /** How long a job may wait, in ms. */
  patience: number;
  /** How long a payer rests after a job that took so long, both in ms. Left out: not at all. */
  rest?(payer: Payer, took: number): number;
  /** Makes the error for a job that cannot be taken. */
  refuse(): Error;
}

/** A payer's counts under one key: a person or an address. */
interface Holding {
  share: Share;
  running: number;
  waiting: number;
}

interface Waiter {
  keys: Keys;
  start(): void;
}

type Keys = readonly (readonly [key: string, share: Share])[];

export function createShares(limits: ShareLimits): Shares {
  const { places, keptPlaces, queue, perPerson, perAddress, patience } = limits;
  const known = createSide(places, queue);
  const strangers = createSide(places - keptPlaces, Math.floor(queue / 2));
  /** The side that gets the next free place when both wait. */
  let next = known;

  const running = () => known.totals.running + strangers.totals.running;
  const waiting = () => known.totals.waiting + strangers.totals.waiting;
  const hasPlace = () => running() < places;
  const keysOf = ({ person, address }: Payer): Keys => [
    ...(person === null ? [] : [[`person:${person}`, perPerson] as const]),
    ...(address === null && person !== null ? [] : [[`address:${address}`, perAddress] as const]),
  ];

  /** Gives free places to waiting jobs. */
  function fill(): void {
    while (hasPlace()) {
      const other = next === known ? strangers : known;
      const waiter = next.takeNext() ?? other.takeNext();
      if (!waiter) return;
      next = other;
      waiter.start();
    }
  }

  function enter(side: Side, keys: Keys): Promise<void> | undefined {
    if (hasPlace() && side.hasPlaceFor(keys)) {
      side.count(keys, 'running', 1);
      return;
    }
    if (waiting() >= queue || !side.hasRoomFor(keys)) throw limits.refuse();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = {
      keys,
      start() {
        clearTimeout(timer);
        side.count(keys, 'running', 1);
        resolve();
      },
    };
    const timer = setTimeout(() => {
      side.remove(waiter);
      reject(limits.refuse());
    }, patience);
    side.add(waiter);
    return promise;
  }

  /** Gives the place back at once, and the payer's share of it after their rest. */
  function leave(side: Side, keys: Keys, rest: number): void {
    const rested = () => {
      side.hold(keys, 'running', -1);
      fill();
    };
    side.totals.running -= 1;
    if (rest <= 0) {
      rested();
      return;
    }
    setTimeout(rested, rest).unref();
    fill();
  }

  return {
    async run(payer, work) {
      const side = payer.isKnown ? known : strangers;
      const keys = keysOf(payer);
      await enter(side, keys);
      const began = performance.now();
      try {
        return await work();
      } finally {
        leave(side, keys, limits.rest?.(payer, performance.now() - began) ?? 0);
      }
    },
    get running() {
      return running();
    },
    get waiting() {
      return waiting();
    },
  };
}

type Side = ReturnType<typeof createSide>;

/** Counts and queue of the known payers, or of the strangers. */
function createSide(places: number, queue: number) {
  const holdings = new Map<string, Holding>();
  /**
   * The waiters of each payer, by their first key: a person, or else an address. The first payer has the next
   * turn.
   */
  const payers = new Map<string, Set<Waiter>>();
  const totals = { running: 0, waiting: 0 };

  const payerOf = (keys: Keys) => keys[0]?.[0] as string;

  function count(keys: Keys, what: 'running' | 'waiting', by: number): void {
    totals[what] += by;
    hold(keys, what, by);
  }

  /** Counts for the payers alone. */
  function hold(keys: Keys, what: 'running' | 'waiting', by: number): void {
    for (const [key, share] of keys) {
      const holding = holdings.get(key) ?? { share, running: 0, waiting: 0 };
      holding[what] += by;
      if (holding.running + holding.waiting > 0) holdings.set(key, holding);
      else holdings.delete(key);
    }
  }

  const hasPlaceFor = (keys: Keys) =>
    totals.running < places && keys.every(([key, share]) => (holdings.get(key)?.running ?? 0) < share.places);

  function remove(waiter: Waiter): void {
    const payer = payerOf(waiter.keys);
    const waiters = payers.get(payer);
    waiters?.delete(waiter);
    if (waiters?.size === 0) payers.delete(payer);
    count(waiter.keys, 'waiting', -1);
  }

  return {
    totals,
    count,
    hold,
    hasPlaceFor,
    hasRoomFor: (keys: Keys) =>
      totals.waiting < queue && keys.every(([key, share]) => (holdings.get(key)?.waiting ?? 0) < share.queue),
    add(waiter: Waiter): void {
      const payer = payerOf(waiter.keys);
      payers.set(payer, (payers.get(payer) ?? new Set()).add(waiter));
      count(waiter.keys, 'waiting', 1);
    },
    remove,
    /** Takes the oldest job of the next payer who may hold another place out of the queue. */
    takeNext(): Waiter | null {
      if (totals.running >= places) return null;
      for (const [payer, waiters] of payers) {
        // All jobs of a payer with a person need not be from one address.
        for (const waiter of waiters) {
          if (!hasPlaceFor(waiter.keys)) continue;
          remove(waiter);
          if (payers.delete(payer)) payers.set(payer, waiters);
          return waiter;
        }
      }
      return null;
    },
  };
}
