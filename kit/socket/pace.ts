/** How fast the messages of one socket are worked on. */
export interface PaceLimits {
  /**
   * Messages in one turn of the event loop. More wait for the next turns, and nothing more is read meanwhile.
   */
  perTurn: number;
  /** Messages a second that nobody pays for: pings, ends of operations. More close the socket. */
  freePerSecond: number;
}

/** The number of the present turn of the event loop. It is counted on only where somebody asks. */
let turn = 0;
let isAsked = false;

function currentTurn(): number {
  if (!isAsked) {
    isAsked = true;
    setImmediate(() => {
      isAsked = false;
      turn += 1;
    });
  }
  return turn;
}

/**
 * Has a client that floods its socket starve itself only. A read of 64 kB holds ten thousand pings, and Node
 * reads up to 32 times before others have their turn.
 */
export class Pace {
  readonly #limits: PaceLimits;
  readonly #onChange: () => void;
  #turn = -1;
  #count = 0;
  #waiting: (() => void)[] = [];
  #isScheduled = false;
  #isReplaying = false;
  #holds = 0;
  #second = 0;
  #free = 0;

  /** `onChange` is called when it begins and when it ends that messages wait. */
  constructor(limits: PaceLimits, onChange: () => void) {
    this.#limits = limits;
    this.#onChange = onChange;
  }

  get isWaiting(): boolean {
    return this.#holds > 0 || this.#waiting.length > 0;
  }

  /** Whether the next message has to wait; it counts where it has not. */
  isSpent(): boolean {
    if (this.#isReplaying) return false;
    if (this.isWaiting) return true;
    const now = currentTurn();
    if (now !== this.#turn) {
      this.#turn = now;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count > this.#limits.perTurn;
  }

  /** Has the work done in one of the next turns, after all that waits already. */
  wait(work: () => void): void {
    const isFirst = !this.isWaiting;
    this.#waiting.push(work);
    if (isFirst) this.#onChange();
    this.#schedule();
  }

  /** Has all messages wait until the pause is over. */
  async hold(pause: Promise<void>): Promise<void> {
    const isFirst = !this.isWaiting;
    this.#holds += 1;
    if (isFirst) this.#onChange();
    await pause;
    this.#holds -= 1;
    if (this.#waiting.length > 0) this.#schedule();
    else if (this.#holds === 0) this.#onChange();
  }

  /** Counts a message that nobody pays for, and says whether there are too many. */
  isFlooded(): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#free = 0;
    }
    this.#free += 1;
    return this.#free > this.#limits.freePerSecond;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#holds > 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#replay();
    });
  }

  #replay(): void {
    const now = this.#waiting.slice(0, this.#limits.perTurn);
    let done = 0;
    this.#isReplaying = true;
    // One of them may begin a pause, which the next ones wait for.
    for (; done < now.length && this.#holds === 0; done += 1) now[done]?.();
    this.#isReplaying = false;
    this.#waiting = this.#waiting.slice(done);
    if (this.#waiting.length > 0) this.#schedule();
    else if (this.#holds === 0) this.#onChange();
  }
}
