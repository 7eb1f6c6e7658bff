// What the tabs of the page hold at first: two people, from their registration to a delivered message, in the
// order in which they can be run.

/** Names that nobody has yet: the first click works on every database. */
const suffix = Math.random().toString(36).slice(2, 7);

const REGISTER = (name, comment) => `${comment}
mutation Register${name}($input: RegisterInput!) {
  register(input: $input) {
    ... on RegisterPayload {
      tokens {
        accessToken
        refreshToken
      }
      user {
        id
        userName
      }
    }
    ... on UserError {
      code
      message
    }
  }
}
`;

const registration = (name) => ({
  input: {
    userName: `${name}_${suffix}`,
    email: `${name}_${suffix}@example.com`,
    password: 'correct horse battery',
    deviceName: 'The page at /graphql',
  },
});

/**
 * `as` is the person that a tab acts as. `needs` says which of its variables are known from other tabs, and
 * `gives` where its answer has what others need.
 */
export const examples = [
  {
    query: REGISTER(
      'Ada',
      '# 1. Click ▶: Ada gets an account and is signed in.\n# Each tab to the right goes on from the one before it.',
    ),
    variables: registration('ada'),
  },
  {
    query: REGISTER(
      'Bo',
      '# 2. Bo too. Both stay signed in: the header shows\n# who acts, and a click there changes it.',
    ),
    variables: registration('bo'),
  },
  {
    as: 'bo',
    query: `# 3. Bo asks Ada to be his friend. Her id is filled in.
mutation Befriend($input: SendFriendRequestInput!) {
  sendFriendRequest(input: $input) {
    ... on SendFriendRequestPayload {
      request {
        id
        status
      }
    }
    ... on UserError {
      code
      message
    }
  }
}
`,
    variables: { input: { userId: '', message: 'We met at the dam' } },
    needs: { 'input.userId': 'ada' },
    gives: { request: 'sendFriendRequest.request.id' },
  },
  {
    as: 'ada',
    query: `# 4. Ada accepts.
mutation Accept($input: AcceptFriendRequestInput!) {
  acceptFriendRequest(input: $input) {
    ... on AcceptFriendRequestPayload {
      request {
        status
        sender {
          name
        }
      }
    }
    ... on UserError {
      code
      message
    }
  }
}
`,
    variables: { input: { requestId: '' } },
    needs: { 'input.requestId': 'request' },
  },
  {
    as: 'ada',
    query: `# 5. Ada opens the conversation of the two. Start the inbox
# before you go on: it shows what is delivered to both.
mutation Open($input: OpenDirectConversationInput!) {
  openDirectConversation(input: $input) {
    ... on OpenDirectConversationPayload {
      conversation {
        id
      }
    }
    ... on UserError {
      code
      message
    }
  }
}
`,
    variables: { input: { userId: '' } },
    needs: { 'input.userId': 'bo' },
    gives: { conversation: 'openDirectConversation.conversation.id' },
  },
  {
    as: 'ada',
    query: `# 6. Ada writes. Sent again with the same clientMessageId
# it stays one message: change that for a second one.
mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) {
    ... on SendMessagePayload {
      sentMessage {
        id
        seq
        preview
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
      input: {
        conversationId: '',
        clientMessageId: 'first',
        content: { text: { text: 'Hello Bo, the dam is done' } },
      },
    },
    needs: { 'input.conversationId': 'conversation' },
  },
  {
    as: 'bo',
    query: `# 7. Bo's conversations: what chat knows and what user
# knows, in one answer.
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
        otherMember {
          name
        }
        lastMessage {
          preview
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
    as: 'bo',
    query: `# 8. ▶ asks for a picture and uploads it as Bo.
mutation Upload($input: UploadFileInput!) {
  uploadFile(input: $input) {
    ... on UploadFilePayload {
      file {
        id
        name
        width
        height
        url
      }
    }
    ... on UserError {
      code
      message
    }
  }
}
`,
    variables: { input: { purpose: 'MESSAGE', file: null } },
    gives: { file: 'uploadFile.file.id' },
  },
  {
    as: 'bo',
    query: `# 9. Bo sends it to Ada.
mutation SendPicture($input: SendMessageInput!) {
  sendMessage(input: $input) {
    ... on SendMessagePayload {
      sentMessage {
        seq
        content {
          ... on ImageContent {
            caption
            file {
              thumbnailUrl
            }
          }
        }
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
      input: {
        conversationId: '',
        clientMessageId: 'picture',
        content: { image: { fileId: '', caption: 'From the dam' } },
      },
    },
    needs: { 'input.conversationId': 'conversation', 'input.content.image.fileId': 'file' },
  },
  {
    as: 'ada',
    query: `# 10. The history of a conversation: its log, where messages
# stand among the other things that happened.
query History($conversationId: ID!) {
  conversation(id: $conversationId) {
    log(last: 20) {
      asOf {
        seq
      }
      edges {
        node {
          __typename
          seq
          happenedAt
          ... on MessageSent {
            message {
              preview
              sender {
                name
              }
            }
          }
        }
      }
    }
  }
}
`,
    variables: { conversationId: '' },
    needs: { conversationId: 'conversation' },
  },
  {
    as: 'ada',
    query: `# 11. A subscription, as a client makes it. It runs while this
# tab is open; the inbox beside it goes on.
subscription Inbox($positions: [PositionInput!]) {
  inbox(positions: $positions) {
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
        preview
        sender {
          name
        }
      }
    }
  }
}
`,
  },
];
