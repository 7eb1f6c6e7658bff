import { SEND } from '../../e2e/operations.ts';
import { newUuid } from '../../kit/base/ids.ts';
import { SUBGRAPH_NAMES } from '../../services.ts';
import { type Person, registered } from '../../testing/people.ts';
import { photographFile } from '../../testing/photographs.ts';
import { openRaw } from '../../testing/raw-socket.ts';
import { type Stack, startStack } from '../../testing/stack.ts';
import { waitFor } from '../../testing/wait.ts';

/** Services as in production: their ports take operations from gateways and services alone. */

const UPLOAD = `mutation ($input: UploadFileInput!) {
  uploadFile(input: $input) { ... on UploadFilePayload { file { id url } } ... on UserError { code message } }
}`;

let stack: Stack;
let ada: Person;
let bo: Person;

beforeAll(async () => {
  stack = await startStack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 }, { OPEN_PORTS: 'off' });
  ({ ada, bo } = await registered(stack, ['ada', 'bo']));
});
afterAll(() => stack?.stop());

describe.each(SUBGRAPH_NAMES)('%s', (name) => {
  const url = () => stack.services(name)[0]?.url as string;

  it.each<[string, () => string | undefined]>([
    ['nobody', () => undefined],
    ['a user', () => ada.token],
  ])('refuses operations of %s over HTTP, and says what to do', async (_who, token) => {
    const { status, errors, data } = await stack.client(name).as(token()).send('{ __typename _service { sdl } }');
    expect([status, data, errors?.[0]?.extensions?.code]).toEqual([403, undefined, 'FORBIDDEN']);
    expect(errors?.[0]?.message).toMatch(/Ask the gateway.*OPEN_PORTS=on/);
    const asked = await fetch(`${url()}/graphql?query={__typename}`, {
      headers: { 'apollo-require-preflight': 'true', ...(token() ? { authorization: `Bearer ${token()}` } : {}) },
    });
    expect(asked.status).toBe(403);
  });

  it.each<[string, () => object]>([
    ['nobody', () => ({})],
    ['a user', () => ({ authorization: `Bearer ${ada.token}` })],
  ])('closes the socket of %s with 4403', async (_who, init) => {
    const socket = await openRaw(`${url()}/graphql`, { init: init() });
    const [code, reason] = await waitFor(() => socket.closed, { what: 'the close' });
    expect([code, reason]).toEqual([4403, expect.stringMatching(/Ask the gateway.*OPEN_PORTS=on/)]);
    expect(socket.messages).toEqual([]);
  });

  it('refuses a token that is none as it does everywhere', async () => {
    const { status, errors } = await stack.client(name).as(stack.forgedToken()).send('{ __typename }');
    expect([status, errors?.[0]?.extensions?.reason]).toEqual([401, 'TOKEN_INVALID']);
  });

  it('answers a service, and health and metrics for everybody', async () => {
    const service = stack.client(name).as(await stack.serviceToken('chat', name));
    const answer = await waitFor(
      async () => {
        const given = await service.send('{ __typename }');
        return given.status === 200 ? given : null;
      },
      { what: 'the key to be known' },
    );
    expect(answer.data).toEqual({ __typename: 'Query' });
    for (const path of ['health', 'metrics']) expect((await fetch(`${url()}/${path}`)).status).toBe(200);
  });
});

it('public keys and downloads are for everybody', async () => {
  const keys = await fetch(`${stack.services('auth')[0]?.url}/.well-known/jwks.json`);
  expect(keys.status).toBe(200);
  const input = { file: null, purpose: 'MESSAGE' };
  const { data } = await ada.gateway.upload(UPLOAD, { input }, { 'input.file': await photographFile() });
  expect((await fetch(data.uploadFile.file.url)).status).toBe(200);
});

it('through the gateway all goes on: calls among services, references with grants, uploads', async () => {
  await ada.befriend(bo);
  const conversationId = await ada.direct(bo);
  const input = { file: null, purpose: 'MESSAGE' };
  const { data } = await ada.gateway.upload(UPLOAD, { input }, { 'input.file': await photographFile() });
  const image = { fileId: data.uploadFile.file.id };
  const { sendMessage } = await ada.gateway.data(SEND, {
    input: { conversationId, clientMessageId: newUuid(), content: { image } },
  });
  const { conversation } = await bo.gateway.data(
    'query ($id: ID!) { conversation(id: $id) { messages(last: 1) { edges { node { id sender { name } content { ... on ImageContent { file { id url } } } } } } } }',
    { id: conversationId },
  );
  expect(conversation.messages.edges).toEqual([
    {
      node: {
        id: sendMessage.sentMessage.id,
        sender: { name: ada.userName },
        content: { file: { id: image.fileId, url: expect.stringContaining('http') } },
      },
    },
  ]);
});
