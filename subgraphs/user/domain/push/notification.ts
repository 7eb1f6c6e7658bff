/** What a push tells: a kind and an id, never text. The app reads the rest, as its user may. */
export interface Notification {
  kind: 'FRIEND_REQUEST';
  requestId: string;
}
