import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '../../testing/wait.ts';
import { type GatewayStack, startGateway } from './harness.ts';

// What becomes of uploads to a service that does not answer, and of everybody else's queries meanwhile.

const SDL = 'scalar Upload type Query { odd: String } type Mutation { store(file: Upload!): String }';
const STORE = 'mutation ($file: Upload!) { store(file: $file) }';
const LIMITS = {
  GATEWAY_FETCH_TIMEOUT_MS: '700',
  GATEWAY_UPLOAD_TIMEOUT_MS: '700',
  UPLOAD_MIN_BYTES_PER_SECOND: '1000',
  UPLOAD_WINDOW_MS: '1000',
};

/** An instance of a service in this process: it answers queries at once, and uploads as `onUpload` says. */
interface OddInstance {
  uploads: number;
  onUpload(incoming: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

let gateway: GatewayStack;
let odd: OddInstance;

async function register(id: string): Promise<OddInstance> {
  const instance: OddInstance = {
    uploads: 0,
    onUpload: never,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server: Server = createServer((incoming, response) => {
    if (incoming.headers['content-type']?.startsWith('multipart/')) {
      instance.uploads += 1;
      instance.onUpload(incoming, response);
    } else incoming.resume().on('end', () => answer(response, { odd: 'there' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await enlist(id, (server.address() as AddressInfo).port);
  return instance;
}

function enlist(id: string, port: number) {
  const startedAt = new Date().toISOString();
  const record = { url: `http://127.0.0.1:${port}/graphql`, wsUrl: null, schemaHash: 'odd', version: '0', startedAt };
  return gateway.stack.etcd.put(`services/odd/${id}`, JSON.stringify(record));
}

function answer(response: ServerResponse, data: object): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }));
}
const never: OddInstance['onUpload'] = (incoming) => incoming.resume();
const store: OddInstance['onUpload'] = (incoming, response) =>
  incoming.resume().on('end', () => answer(response, { store: 'stored' }));

const upload = () => gateway.client.upload(STORE, { file: null }, { file: new File(['x'.repeat(100_000)], 'x') });

/** An upload that begins and then sends a byte now and then. */
function drip() {
  const boundary = 'made-by-hand';
  const part = (head: string, value: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; ${head}\r\n\r\n${value}`;
  const outgoing = request(gateway.client.url, {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, 'apollo-require-preflight': '1' },
  });
  const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', async (response) => {
      resolve({ status: response.statusCode ?? 0, text: (await response.toArray()).join('') });
    });
  });
  const operations = JSON.stringify({ query: STORE, variables: { file: null } });
  outgoing.write(`${part('name="operations"', operations)}\r\n${part('name="map"', '{"0":["variables.file"]}')}\r\n`);
  outgoing.write(part('name="0"; filename="x"', ''));
  const timer = setInterval(() => outgoing.write('x'), 50);
  return {
    answered,
    end() {
      clearInterval(timer);
      outgoing.destroy();
      answered.catch(() => {});
    },
  };
}

beforeAll(async () => {
  gateway = await startGateway({ left: 1, right: 0 }, { GATEWAY_EXPECTS: 'left', ...LIMITS });
  await gateway.stack.etcd.put('schemas/odd/odd', SDL);
  odd = await register('one');
  await waitFor(async () => (await gateway.client.send('{ odd }')).data?.odd, { what: 'the service in the graph' });
});
afterAll(async () => {
  await gateway?.stop();
  await odd?.close();
});

test('a file that was sent whole and not answered for may have been stored, and is sent once', async () => {
  odd.onUpload = never;
  const before = odd.uploads;
  const { errors } = await upload();
  expect(errors?.[0]).toMatchObject({
    message: expect.stringMatching(/^The odd service has the file .* may have been stored/),
    extensions: { code: 'UNAVAILABLE' },
  });
  expect(odd.uploads - before).toBe(1);
});

test('a service that ends in the middle of a file has stored nothing, and that is said', async () => {
  odd.onUpload = (incoming) => incoming.socket.destroy();
  const dripping = drip();
  const { text } = await dripping.answered;
  dripping.end();
  expect(JSON.parse(text).errors[0].message).toMatch(/cannot reach the odd service now\. Nothing was changed/);
});

test('uploads that take too long do not shut the service off from everybody else', async () => {
  odd.onUpload = never;
  // A failure of an instance counts once in half a second, and five in a row shut it off.
  for (let count = 0; count < 6; count += 1) await upload();
  const before = odd.uploads;
  const dripping = drip();
  await waitFor(() => odd.uploads > before, { what: 'the upload at the service' });
  for (let count = 0; count < 5; count += 1) expect(await gateway.client.data('{ odd }')).toEqual({ odd: 'there' });
  dripping.end();
  odd.onUpload = store;
  expect((await upload()).data).toEqual({ store: 'stored' });
});

test('a file that drips is refused by name', async () => {
  odd.onUpload = never;
  const dripping = drip();
  const { status, text } = await dripping.answered;
  dripping.end();
  expect(status).toBe(408);
  expect(JSON.parse(text).errors[0]).toMatchObject({
    message: expect.stringMatching(/more slowly than 1000 bytes a second/),
    extensions: { code: 'REQUEST_TIMEOUT' },
  });
});

test('a file goes to another instance where the first takes no connection', async () => {
  odd.onUpload = store;
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  await enlist('two', port);
  // Whichever of the two is first, the file arrives; the one that is away is found within two.
  for (let count = 0; count < 4; count += 1) expect((await upload()).data).toEqual({ store: 'stored' });
});
