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
    ... on MessageSent { message { id content { ... on TextContent { text } } sender { id } clientMessageId } }
    ... on GapTooLarge { headSeq }
  }
}`;

/** What is sent: about as long as what people write. */
export const TEXT = 'Shall we meet at the dam at six? I bring the wood.';

/** The last messages of a conversation with the names of those who wrote them: chat, and once user. */
export const MESSAGES = `query ($id: ID!) {
  conversation(id: $id) {
    id
    title
    messages(last: 20) { edges { node { id seq content { ... on TextContent { text } } sentAt sender { id name } } } }
  }
}`;

/**
 * All that a first screen could show: chat, and then user and file for the people and pictures at ten places
 * of it.
 */
export const SCREEN = `query ($id: ID!, $conversations: Int!) {
  viewer { ...Profile bio }
  user(id: $id) { ...Profile bio friendship }
  conversations(first: $conversations) {
    edges {
      cursor
      node {
        id
        kind
        title
        unreadCount
        headSeq
        lastActivityAt
        viewerMembership { role joinedAt readSeq user { ...Profile } }
        lastMessage { ...Text sender { ...Profile } }
        members(first: 12) { edges { node { role joinedAt readSeq user { ...Profile } } } }
        messages(last: 20) {
          edges {
            node {
              ...Text
              sender { ...Profile }
              content { ... on ImageContent { caption file { id name contentType width height url } } }
            }
          }
        }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
fragment Profile on User { id userName name avatarUrl }
fragment Text on Message { id seq content { ... on TextContent { text } } sentAt clientMessageId }`;
