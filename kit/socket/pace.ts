/** Rate limits on the messages of one socket. */
export interface PaceLimits {
  /**
   * Messages in one turn of the event loop. Further ones wait for the next turns, and nothing more is read.
   */
  perTurn: number;
  /** Messages a second that have no price: pings, ends of operations. More close the socket. */
  freePerSecond: number;
}

/** Number of the present turn of the event loop. Advances only while it is used. */
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
 * Limits the pace of one socket, so that a client that floods it starves only itself. A read of 64 kB holds
 * ten thousand pings, and Node reads up to 32 times before other sockets have their turn.
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

  /** `onChange` is called when messages begin to wait, and when none waits any more. */
  constructor(limits: PaceLimits, onChange: () => void) {
    this.#limits = limits;
    this.#onChange = onChange;
  }

  get isWaiting(): boolean {
    return this.#holds > 0 || this.#waiting.length > 0;
  }

  /** Whether the next message has to wait. Counts it if it need not. */
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

  /** Does the work in one of the next turns, after all that waits already. */
  wait(work: () => void): void {
    const isFirst = !this.isWaiting;
    this.#waiting.push(work);
    if (isFirst) this.#onChange();
    this.#schedule();
  }

  /** Delays all messages until the pause is over. */
  async hold(pause: Promise<void>): Promise<void> {
    const isFirst = !this.isWaiting;
    this.#holds += 1;
    if (isFirst) this.#onChange();
    await pause;
    this.#holds -= 1;
    if (this.#waiting.length > 0) this.#schedule();
    else if (this.#holds === 0) this.#onChange();
  }

  /** Counts a message that has no price. Returns whether there are too many. */
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
    // A message may begin a pause, for which the next ones wait.
    for (; done < now.length && this.#holds === 0; done += 1) now[done]?.();
    this.#isReplaying = false;
    this.#waiting = this.#waiting.slice(done);
    if (this.#waiting.length > 0) this.#schedule();
    else if (this.#holds === 0) this.#onChange();
  }
}
