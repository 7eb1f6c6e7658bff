import { brokenForms, type Form, scrambledForms, uploadForm } from '../../../../testing/multipart.ts';
import { createRandom } from '../../../../testing/random.ts';
import type { SignedIn, Stack } from '../../../../testing/stack.ts';
import { startStack } from '../../../../testing/stack.ts';
import { UPLOAD } from '../support.ts';

// Forms that no client would send, on their whole way: at the gateway's port and at this service's own.

const SEED = 11;
const variables = { input: { file: null, purpose: 'MESSAGE' } };
const WHOLE = uploadForm({ query: UPLOAD, variables }, 'variables.input.file', 'some text of a file');

let stack: Stack;
let viewer: SignedIn;
beforeAll(async () => {
  stack = await startStack({ user: 1, file: 1, gateway: 1 });
  viewer = await stack.signIn();
});
afterAll(() => stack?.stop());

async function send(name: 'gateway' | 'file', { contentType, body }: Form) {
  const response = await fetch(stack.client(name).url, {
    method: 'POST',
    headers: {
      'content-type': contentType,
      authorization: `Bearer ${viewer.token}`,
      'apollo-require-preflight': 'true',
    },
    body: new Uint8Array(body),
  });
  return { status: response.status, text: await response.text() };
}

test.each(['gateway', 'file'] as const)('at the port of %s each is refused by name or stored', async (name) => {
  const process = stack.services(name)[0];
  const forms = [...brokenForms(WHOLE).map(([, form]) => form), ...scrambledForms(WHOLE, 200, createRandom(SEED))];
  for (let at = 0; at < forms.length; at += 5) {
    const answers = await Promise.all(forms.slice(at, at + 5).map((form) => send(name, form)));
    for (const { status, text } of answers) {
      expect([status < 500, text]).toEqual([true, expect.not.stringMatching(/INTERNAL|UNAVAILABLE|request id/)]);
      const refused = { errors: expect.arrayContaining([expect.objectContaining({ message: expect.any(String) })]) };
      expect(JSON.parse(text)).toMatchObject(status === 200 ? {} : refused);
    }
  }
  expect(process?.lines.filter((line) => /"level":"(ERROR|FATAL)"/.test(line))).toEqual([]);
  const { status, text } = await send(name, WHOLE);
  expect([status, text]).toEqual([200, expect.stringContaining('UploadFilePayload')]);
});
