/**
 * The client's `Authorization`, verified here, sent to every service and verified there again. A mutation
 * that signs somebody in puts the new token here, for the fetches that follow. An object, because the token
 * of a socket may be renewed while its subscriptions are open.
 */
export interface Identity {
  authorization: string | undefined;
  /** The client's address (see `clientAddress`). */
  readonly address: string;
}
