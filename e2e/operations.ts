// The operations of a frontend: what it shows with a message that is sent or arrives.

export const SEND = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) {
    __typename
    ... on SendMessagePayload {
      sentMessage {
        id seq preview
        content {
          ... on TextContent { text }
          ... on ImageContent { caption file { id url thumbnailUrl width height } }
        }
        sender { id name }
      }
    }
    ... on UserError { code message }
  }
}`;

export const INBOX = `subscription ($positions: [PositionInput!]) {
  inbox(positions: $positions) {
    __typename
    ... on InboxStarted { positions { conversationId seq } }
    ... on LogEvent { conversationId seq }
    ... on MessageSent {
      message {
        id preview
        content { ... on TextContent { text } ... on ImageContent { caption file { id url } } }
        sender { id name avatarUrl }
      }
    }
  }
}`;
