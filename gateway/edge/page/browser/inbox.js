// The inbox of one person, as PROTOCOL.md has a client keep it: with positions, and resumed from them.

export const INBOX = `subscription Inbox($positions: [PositionInput!]) {
  inbox(positions: $positions) {
    __typename
    ... on InboxStarted { positions { conversationId seq } }
    ... on LogEvent { conversationId seq happenedAt }
    ... on ConversationCreated { actor { name } conversation { title } }
    ... on MemberJoined { user { id name } actor { name } }
    ... on MemberLeft { user { name } }
    ... on MessageSent {
      message { id preview content { ... on ImageContent { file { url name } } } sender { name } }
    }
    ... on GapTooLarge { conversationId headSeq }
    ... on TypingChanged { conversationId user { name } isTyping }
  }
}`;

const PAUSE_MS = 2_000;

/** Delivers a person's events until the function that it returns is called. */
export function listen(person, onEvent) {
  const positions = new Map();
  // graphql-ws sends the payload again at each reconnect: with the positions as they are by then.
  const toJSON = () => [...positions].map(([conversationId, seq]) => ({ conversationId, seq }));
  let leave = () => {};
  let isStopped = false;
  let pause;

  function subscribe() {
    if (isStopped || person.isGone) return;
    const again = () => {
      pause = setTimeout(subscribe, Math.random() * PAUSE_MS);
    };
    const sink = {
      next({ data, errors }) {
        if (data?.inbox && take(data.inbox)) return onEvent(data.inbox);
        onEvent({ __typename: 'Error', errors: errors ?? 'An event does not follow its position: resuming.' });
        leave();
      },
      error: again,
      complete: again,
    };
    leave = person.socket.subscribe({ query: INBOX, variables: { positions: { toJSON } } }, sink);
  }

  /** Moves the position; false for an entry that is not the next one. */
  function take(event) {
    const { __typename, conversationId, seq, headSeq, happenedAt, user } = event;
    if (__typename === 'InboxStarted') for (const it of event.positions) positions.set(it.conversationId, it.seq);
    if (__typename === 'GapTooLarge') positions.set(conversationId, headSeq);
    if (happenedAt === undefined) return true;
    const isOwnJoin = __typename === 'MemberJoined' && user?.id === person.id;
    if (!isOwnJoin && seq !== (positions.get(conversationId) ?? 0) + 1) return false;
    positions.set(conversationId, seq);
    return true;
  }

  subscribe();
  return () => {
    isStopped = true;
    clearTimeout(pause);
    leave();
  };
}
