/** The operations of all programs: the same texts for the project, for the stock server and for the floor. */

/** Sends a message. */
export const SEND = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) {
    __typename
    ... on SendMessagePayload { sentMessage { id seq } }
    ... on UserError { code message }
  }
}`;

/** Follows all conversations of the viewer, with what a client typically shows of a message. */
export const INBOX = `subscription ($positions: [PositionInput!]) {
  inbox(positions: $positions) {
    __typename
    ... on InboxStarted { positions { conversationId seq } }
    ... on LogEvent { conversationId seq }
    ... on MessageSent { message { id text sender { id } clientMessageId } }
    ... on GapTooLarge { headSeq }
  }
}`;

/** What is sent: about as long as what people write. */
export const TEXT = 'Shall we meet at the dam at six? I bring the wood.';
