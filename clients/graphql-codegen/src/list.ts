import { graphql } from './from-file/index.js';

export const LIST = graphql(`
  query List {
    viewer {
      id
      name
    }
  }
`);
export const SEND = graphql(`
  mutation Send($input: SendMessageInput!) {
    sendMessage(input: $input) {
      __typename
      ... on SendMessagePayload {
        sentMessage {
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
`);
