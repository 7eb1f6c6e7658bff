import type { Server } from 'node:http';
import { brokenForms, type Form, scrambledForms, truncatedForms, uploadForm } from '../../../testing/multipart.ts';
import { createRandom } from '../../../testing/random.ts';
import { closeServer, listen } from '../../http/listening.ts';
import { createHttpServer, sendJson } from '../../http/server.ts';
import { fileOf, readMultipart } from '../../http/uploads.ts';
import type { Log } from '../../observe/log.ts';

// Whatever arrives as a form is an operation or a refusal by name: no 500, no stack in the log, no process
// that ends.

const WHOLE = uploadForm({ query: 'mutation', variables: { file: null } }, 'variables.file', 'x'.repeat(300));
const SEED = 7;

let server: Server;
let url: string;
const faults: unknown[] = [];
const quiet = { debug() {}, info() {}, warn() {}, error: (fields: unknown) => faults.push(fields) };
const log = quiet as unknown as Log;

beforeAll(async () => {
  const limits = { maxFileSize: 1_000_000, maxFiles: 2, maxFieldSize: 100_000 };
  server = createHttpServer(
    [
      {
        path: '/form',
        methods: ['POST'],
        async handle({ incoming }, response) {
          const { value } = await readMultipart(incoming, response, limits);
          const { variables } = value as { variables?: { file?: unknown } };
          sendJson(response, 200, await sizeOf(variables?.file));
        },
      },
    ],
    log,
  );
  url = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}/form`;
});
afterAll(() => closeServer(server));
beforeEach(() => {
  faults.length = 0;
});

/** Bytes of a file; null where there is none or it breaks off. */
async function sizeOf(value: unknown): Promise<number | null> {
  try {
    const file = await fileOf(value);
    if (!file) return null;
    let size = 0;
    for await (const chunk of file.createReadStream()) size += chunk.length;
    return size;
  } catch {
    return null;
  }
}

async function send({ contentType, body }: Form) {
  const headers = { 'content-type': contentType };
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) });
  return { status: response.status, text: await response.text() };
}

/** Sends forms, some at a time, and checks that each is answered and none is a fault of ours. */
async function expectAnswers(forms: readonly Form[]): Promise<void> {
  for (let at = 0; at < forms.length; at += 20) {
    const answers = await Promise.all(forms.slice(at, at + 20).map(send));
    for (const { status, text } of answers) {
      expect([status, text]).toEqual([expect.any(Number), expect.not.stringContaining('INTERNAL')]);
      expect([200, 400, 408, 413, 415]).toContain(status);
    }
  }
  expect(faults).toEqual([]);
  expect(await send(WHOLE)).toEqual({ status: 200, text: '300' });
}

test.each(brokenForms(WHOLE))('%s', async (_what, form) => {
  await expectAnswers([form]);
});

test('a form that is cut off at any byte', async () => {
  await expectAnswers(truncatedForms(WHOLE));
});

test(`a thousand forms with changes at random (seed ${SEED})`, async () => {
  await expectAnswers(scrambledForms(WHOLE, 1_000, createRandom(SEED)));
});

test.each([
  ['a part whose head cannot be read', `--b\r\n\0\0\0\0--b--`, /head of a part/],
  ['a body without its last boundary', '--b\r\ncontent-disposition: form-data; name="x"\r\n\r\nx', /last boundary/],
])('%s is refused with what to do about it', async (_what, text, message) => {
  const answer = await send({ contentType: 'multipart/form-data; boundary=b', body: Buffer.from(text) });
  expect(answer).toEqual({ status: 400, text: expect.stringMatching(message) });
});
