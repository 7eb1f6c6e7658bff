/**
 * The client's `Authorization`, verified; every service gets it and verifies it again. A mutation that signs
 * somebody in puts the new token here, for the fetches that come after it. An object, because that of a
 * socket may be renewed while its subscriptions are open.
 */
export interface Identity {
  authorization: string | undefined;
  /** Where the client calls from (see `clientAddress`). */
  readonly address: string;
}
