/** Refuses a socket with a close code. Thrown while a client introduces itself. */
export class Refusal extends Error {
  readonly code: number;

  constructor(code: number, reason: string) {
    super(reason);
    this.code = code;
  }
}
