/** The most who are let in during one round of the event loop. */
const PER_ROUND = 8;

/** Somebody before the door. */
interface Waiter {
  until: number;
  letIn(): void;
  refuse(): void;
}

/**
 * Lets new sockets in at the pace at which they can be served. What a socket costs comes after it was let in: its token is verified, its subscription opened, what it missed is
 * read. When thousands come at once because another server died, they would make each round of the event loop so long that everything else stood still, as a send takes several
 * rounds. They are counted by rounds and not by time, so that the pace follows what this process gets done, on a busy machine too. Who waits costs next to nothing.
 */
export interface Door {
  readonly waiting: number;
  /** Lets somebody in, now or when it is their turn; refuses those whose turn does not come in time. */
  enter(letIn: () => void, refuse: () => void): void;
}

/** `patience`: how long one may wait, in ms. */
export function createDoor(patience: number): Door {
  // In the order in which they came.
  const line = new Set<Waiter>();
  let isScheduled = false;
  let cameThisRound = 0;
  let inThisRound = 0;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(round);
  }

  function round(): void {
    isScheduled = false;
    // To take in who comes goes first: among them are those who want no socket, but to ask something.
    const places = Math.max(1, PER_ROUND - cameThisRound);
    cameThisRound = 0;
    inThisRound = 0;
    const now = performance.now();
    for (const waiter of line) {
      if (inThisRound === places) break;
      line.delete(waiter);
      if (waiter.until < now) waiter.refuse();
      else {
        inThisRound += 1;
        waiter.letIn();
      }
    }
    if (line.size > 0) schedule();
  }

  return {
    get waiting() {
      return line.size;
    },
    enter(letIn, refuse) {
      cameThisRound += 1;
      schedule();
      if (line.size === 0 && inThisRound < PER_ROUND) {
        inThisRound += 1;
        letIn();
      } else line.add({ until: performance.now() + patience, letIn, refuse });
    },
  };
}
