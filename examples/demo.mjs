// `npm run demo`: three people, two friendships, a group and some messages in the graph that `npm start`
// runs. A second run adds nothing.
const GRAPH = process.env.GRAPH ?? 'http://localhost:8000/graphql';
const PASSWORD = 'correct horse battery';
const GROUP = 'The dam builders';
const ERROR = '... on UserError { code message }';
const MESSAGES = [
  ['ada_demo', 'Good morning! The dam holds.'],
  ['bo_demo', 'Guten Morgen, und der Pegel steigt schon.'],
  ['chen_demo', '早上好！我今天带树枝来。'],
  ['ada_demo', 'صباح الخير، شكرا لك'],
  ['bo_demo', '¡Nos vemos a las nueve! 🦫'],
];

async function ask(token, query, input) {
  const response = await fetch(GRAPH, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  return Object.values(data)[0];
}

/** Registers somebody, or signs them in where an earlier run registered them. */
async function signIn(userName) {
  const signedIn = 'tokens { accessToken } user { id }';
  const registered = await ask(
    null,
    `mutation ($input: RegisterInput!) { register(input: $input) { ... on RegisterPayload { ${signedIn} } ${ERROR} } }`,
    { userName, email: `${userName}@example.com`, password: PASSWORD },
  );
  const result =
    registered.code === 'USER_NAME_TAKEN'
      ? await ask(
          null,
          `mutation ($input: LogInInput!) { logIn(input: $input) { ... on LogInPayload { ${signedIn} } ${ERROR} } }`,
          { login: userName, password: PASSWORD },
        )
      : registered;
  if (!result.tokens) throw new Error(`${userName}: ${result.message}`);
  return { id: result.user.id, token: result.tokens.accessToken };
}

async function befriend(one, other) {
  const { request } = await ask(
    one.token,
    `mutation ($input: SendFriendRequestInput!) {
      sendFriendRequest(input: $input) { ... on SendFriendRequestPayload { request { id } } ${ERROR} }
    }`,
    { userId: other.id },
  );
  if (!request) return;
  await ask(
    other.token,
    `mutation ($input: AcceptFriendRequestInput!) { acceptFriendRequest(input: $input) { __typename ${ERROR} } }`,
    { requestId: request.id },
  );
}

/** The id of the group. The same `clientGroupId` at each run: the group is made once. */
async function createGroup(maker, members) {
  const { conversation, message } = await ask(
    maker.token,
    `mutation ($input: CreateGroupInput!) {
      createGroup(input: $input) { ... on CreateGroupPayload { conversation { id } } ${ERROR} }
    }`,
    { title: GROUP, clientGroupId: 'demo', memberIds: members.map(({ id }) => id) },
  );
  if (!conversation) throw new Error(`The group: ${message}`);
  return conversation.id;
}

try {
  const people = {};
  for (const name of ['ada_demo', 'bo_demo', 'chen_demo']) people[name] = await signIn(name);
  const { ada_demo: ada, bo_demo: bo, chen_demo: chen } = people;
  await befriend(ada, bo);
  await befriend(ada, chen);
  const conversationId = await createGroup(ada, [bo, chen]);
  for (const [index, [name, text]] of MESSAGES.entries())
    await ask(
      people[name].token,
      `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename ${ERROR} } }`,
      // The same id at each run: the message is sent once.
      { conversationId, clientMessageId: `demo-${index}`, content: { text: { text } } },
    );
  console.log(`The group "${GROUP}" has ${MESSAGES.length} messages. Sign in at ${GRAPH} as one of:`);
  for (const name of Object.keys(people)) console.log(`  ${name}   ${PASSWORD}`);
} catch (error) {
  console.error(error.cause ? `Nothing answers at ${GRAPH}. Run npm start first.` : error.message);
  process.exitCode = 1;
}
