/** The most who are let in during one round of the event loop. */
const PER_ROUND = 8;
/** When to look again where nobody of those who wait may enter, in ms. */
const LOOK_AGAIN = 20;

/** Somebody before the admission. */
interface Waiter {
  until: number;
  letIn(): void;
  refuse(): void;
}

/**
 * Lets new sockets in at the pace at which they can be served. What a socket costs comes after it was let in:
 * its token is verified, its subscription opened, what it missed is read. When thousands come at once because
 * another server died, they would make each round of the event loop so long that everything else stood still,
 * as a send takes several rounds. They are counted by rounds and not by time, so that the pace follows what
 * this process gets done, on a busy machine too. Who waits costs next to nothing. Addresses take turns: a
 * crowd at one of them is one line, and whoever comes from elsewhere stands in another.
 */
export interface Admission {
  readonly waiting: number;
  /** Lets somebody in, now or when it is their turn; refuses those whose turn does not come in time. */
  enter(address: string, letIn: () => void, refuse: () => void): void;
}

/** `patience`: how long one may wait, in ms. `mayEnter`: whether another of the address may be let in now. */
export function createAdmission(patience: number, mayEnter: (address: string) => boolean = () => true): Admission {
  /** Of each address in the order in which they came; the first address has the next turn. */
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

  /**
   * Refuses those of a line whose time is up, and lets the next in. Returns whether there was one who may
   * enter.
   */
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
    // To take in who comes goes first: among them are those who want no socket, but to ask something.
    const places = Math.max(1, PER_ROUND - cameThisRound);
    cameThisRound = 0;
    inThisRound = 0;
    const now = performance.now();
    let isBlocked = false;
    while (inThisRound < places && waiting > 0 && !isBlocked) {
      isBlocked = true;
      let left = lines.size;
      for (const [address, line] of lines) {
        // Lines that go on stand at the end, where this would come to them again.
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
