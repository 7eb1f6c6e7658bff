/** What the tabs of the page hold at first: the story of README.md, in the order in which it can be run. */
export const story = [
  {
    query: `# Make an account: you are signed in with it from then on.
# Whoever has one uses the form above.
mutation Register($input: RegisterInput!) {
  register(input: $input) {
    ... on RegisterPayload {
      tokens {
        accessToken
        refreshToken
      }
      user {
        id
        name
      }
    }
    ... on UserError {
      code
      message
    }
  }
}
`,
    variables: {
      input: { userName: 'ada', email: 'ada@example.com', password: 'correct horse battery', deviceName: 'The page' },
    },
  },
  {
    query: `# Your conversations, with what chat knows and what user
# knows in one answer.
query Conversations {
  viewer {
    id
    name
  }
  conversations(first: 20) {
    edges {
      node {
        id
        title
        unreadCount
        lastMessage {
          text
          sender {
            name
          }
        }
      }
    }
  }
}
`,
  },
  {
    query: `# All that happens to you, as it happens.
subscription Inbox {
  inbox {
    __typename
    ... on InboxStarted {
      positions {
        conversationId
        seq
      }
    }
    ... on LogEvent {
      conversationId
      seq
    }
    ... on MessageSent {
      message {
        text
        sender {
          name
        }
      }
    }
  }
}
`,
  },
  {
    query: `# Put the id of a conversation into the variables.
# Sent again with the same clientMessageId it stays one message.
mutation SendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) {
    ... on SendMessagePayload {
      sentMessage {
        seq
        text
      }
    }
    ... on UserError {
      code
      message
    }
  }
}
`,
    variables: { input: { conversationId: '', clientMessageId: 'first', text: 'Hello' } },
  },
];
