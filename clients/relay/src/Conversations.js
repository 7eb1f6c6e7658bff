import { graphql } from 'relay-runtime';

export const query = graphql`
  query ConversationsQuery {
    viewer {
      id
      name
    }
    ...Conversations_query
  }
`;

export const fragment = graphql`
  fragment Conversations_query on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
  @refetchable(queryName: "ConversationsPaginationQuery") {
    conversations(first: $count, after: $cursor) @connection(key: "Conversations_conversations") {
      edges {
        node {
          id
          unreadCount
          lastMessage {
            id
            ...Conversations_message
          }
        }
      }
    }
  }
`;

export const messageFragment = graphql`
  fragment Conversations_message on Message @refetchable(queryName: "MessageRefetchQuery") {
    preview
    sender {
      name
    }
  }
`;

export const mutation = graphql`
  mutation ConversationsSendMutation($input: SendMessageInput!, $connections: [ID!]!) {
    sendMessage(input: $input) {
      __typename
      ... on SendMessagePayload {
        sentMessage @appendNode(connections: $connections, edgeTypeName: "MessageEdge") {
          id
          preview
        }
      }
      ... on UserError {
        code
        message
      }
    }
  }
`;

export const subscription = graphql`
  subscription ConversationsInboxSubscription($connections: [ID!]!) {
    inbox {
      __typename
      ... on MessageSent {
        message @appendNode(connections: $connections, edgeTypeName: "MessageEdge") {
          id
          preview
        }
      }
    }
  }
`;
