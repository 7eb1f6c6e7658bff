/** How fast the messages of one socket are worked on. */
export interface PaceLimits {
  /** Messages in one turn of the event loop. More wait for the next turns, and nothing more is read meanwhile. */
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
 * Has a client that floods its socket starve itself only. A read of 64 kB holds ten thousand pings, and Node reads
 * up to 32 times before others have their turn.
 */
export class Pace {
  readonly #limits: PaceLimits;
  readonly #onChange: () => void;
  #turn = -1;
  #count = 0;
  #waiting: (() => void)[] = [];
  #isReplaying = false;
  #second = 0;
  #free = 0;

  /** `onChange` is called when it begins and when it ends that messages wait. */
  constructor(limits: PaceLimits, onChange: () => void) {
    this.#limits = limits;
    this.#onChange = onChange;
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
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
    this.#waiting.push(work);
    if (this.#waiting.length > 1) return;
    this.#onChange();
    setImmediate(() => this.#replay());
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

  #replay(): void {
    const { perTurn } = this.#limits;
    this.#isReplaying = true;
    for (const work of this.#waiting.slice(0, perTurn)) work();
    this.#isReplaying = false;
    this.#waiting = this.#waiting.slice(perTurn);
    if (this.isWaiting) setImmediate(() => this.#replay());
    else this.#onChange();
  }
}
