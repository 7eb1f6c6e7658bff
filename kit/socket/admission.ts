/** Sockets that are admitted in one round of the event loop. */
const PER_ROUND = 8;
/** Pause before the next look while no waiting socket may enter, in ms. */
const LOOK_AGAIN = 20;

/** A socket that waits for admission. */
interface Waiter {
  until: number;
  letIn(): void;
  refuse(): void;
}

/**
 * Admits new sockets at the pace at which this process can serve them. The cost of a socket follows its
 * admission: its token is verified, its subscription opened, the missed entries are read. Thousands of
 * clients that reconnect at once, because another server died, would make each round of the event loop so
 * long that everything else stood still: a send takes several rounds. The limit counts rounds and not time,
 * so the pace follows what this process gets done, on a busy machine too. A waiting socket costs next to
 * nothing. Addresses take turns: a crowd at one address waits in one queue, other addresses have queues of
 * their own.
 */
export interface Admission {
  readonly waiting: number;
  /** Admits a socket now or in its turn; refuses it when its turn does not come in time. */
  enter(address: string, letIn: () => void, refuse: () => void): void;
}

/** `patience`: longest wait, in ms. `mayEnter`: whether another socket of the address may be admitted now. */
export function createAdmission(patience: number, mayEnter: (address: string) => boolean = () => true): Admission {
  /** Queues by address, in the order of arrival; the first address has the next turn. */
  const lines = new Map<string, Set<Waiter>>();
  let waiting = 0;
  let isScheduled = false;
  let cameThisRound = 0;
  let inThisRound = 0;

  function schedule(isBlocked = false): void {
    if (isScheduled) return;
    isScheduled = true;
    if (isBlocked) setTimeout(round, LOOK_AGAIN);
    else setImmediate(round);
  }

  function leave(line: Set<Waiter>, waiter: Waiter): void {
    line.delete(waiter);
    waiting -= 1;
  }

  /** Refuses waiters whose time is up and admits the next of the queue. Returns whether one could enter. */
  function advance(address: string, line: Set<Waiter>, now: number): boolean {
    for (const waiter of line) {
      if (waiter.until < now) {
        leave(line, waiter);
        waiter.refuse();
      } else {
        if (!mayEnter(address)) return false;
        leave(line, waiter);
        inThisRound += 1;
        waiter.letIn();
        return true;
      }
    }
    return false;
  }

  function round(): void {
    isScheduled = false;
    // New connections come before queued upgrades: some are plain HTTP requests.
    const places = Math.max(1, PER_ROUND - cameThisRound);
    cameThisRound = 0;
    inThisRound = 0;
    const now = performance.now();
    let isBlocked = false;
    while (inThisRound < places && waiting > 0 && !isBlocked) {
      isBlocked = true;
      let left = lines.size;
      for (const [address, line] of lines) {
        // Queues that go on are put at the end, where this loop would meet them again.
        if (left === 0 || inThisRound === places) break;
        left -= 1;
        if (advance(address, line, now)) isBlocked = false;
        lines.delete(address);
        if (line.size > 0) lines.set(address, line);
      }
    }
    if (waiting > 0) schedule(isBlocked);
  }

  return {
    get waiting() {
      return waiting;
    },
    enter(address, letIn, refuse) {
      cameThisRound += 1;
      schedule();
      if (waiting === 0 && inThisRound < PER_ROUND && mayEnter(address)) {
        inThisRound += 1;
        letIn();
        return;
      }
      const waiter = { until: performance.now() + patience, letIn, refuse };
      const line = lines.get(address);
      if (line) line.add(waiter);
      else lines.set(address, new Set([waiter]));
      waiting += 1;
    },
  };
}
