import sharp from 'sharp';
import { newId, newUuid } from '../../../../kit/base/ids.ts';
import { type Person, pair, person } from '../../../../testing/people.ts';
import { SENT_MESSAGE } from '../../../../testing/person.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';
import { readLog } from '../log-rows.ts';

let stack: SharedStack;
beforeAll(async () => {
  stack = await sharedStack({ chat: 2, user: 1, file: 1 });
});
afterAll(() => stack.stop());

const upload = async (owner: Person, content: Uint8Array, type: string): Promise<string> =>
  (await owner.upload(content, { type })).id;

async function picture(owner: Person): Promise<string> {
  const create = { width: 20, height: 10, channels: 3, background: 'brown' } as const;
  return upload(owner, await sharp({ create }).png().toBuffer(), 'image/png');
}

const HISTORY = `query ($id: ID!) { conversation(id: $id) { messages { edges { node {
  preview content { ... on ImageContent { caption file { __typename id grant } } }
} } } } }`;

test('a picture is sent with its caption, and whoever sees the message may read the file', async () => {
  const { ada, bob, id } = await pair(stack);
  const fileId = await picture(ada);
  const input = { conversationId: id, clientMessageId: 'm', content: { image: { fileId, caption: ' dam 🦫 ' } } };
  const { sentMessage } = await ada.attempt('sendMessage', input, SENT_MESSAGE);
  expect(sentMessage).toMatchObject({
    seq: 2,
    preview: 'dam 🦫',
    content: { caption: ' dam 🦫 ', file: { id: fileId } },
  });

  const { conversation } = await bob.at(1).chat.data(HISTORY, { id });
  const [{ node }] = conversation.messages.edges;
  expect(node.content.caption).toBe(' dam 🦫 ');
  const ask = async (who: Person, representation: object) =>
    (
      await stack
        .client('file')
        .as(who.token)
        .data('query ($of: [_Any!]!) { _entities(representations: $of) { ... on File { id contentType } } }', {
          of: [representation],
        })
    )._entities[0];
  expect(await ask(bob, node.content.file)).toEqual({ id: fileId, contentType: 'image/png' });
  // The id alone is not enough, nor a grant for another file.
  expect(await ask(bob, { __typename: 'File', id: fileId })).toBeNull();
  expect(await ask(bob, { ...node.content.file, id: await picture(ada) })).toBeNull();
});

test('a retry gives the same message, wherever and however often at once; another picture is another content', async () => {
  const { ada, id } = await pair(stack);
  const image = { fileId: await picture(ada), caption: '' };
  const input = { conversationId: id, clientMessageId: 'm', content: { image } };
  const attempts = Array.from({ length: 8 }, (_, i) => ada.at(i % 2).attempt('sendMessage', input, SENT_MESSAGE));
  const sent = (await Promise.all(attempts)).map(({ sentMessage }) => sentMessage.id);
  expect(new Set(sent).size).toBe(1);
  for (const other of [{ ...image, caption: 'x' }, { fileId: await picture(ada) }]) {
    expect(await ada.attempt('sendMessage', { ...input, content: { image: other } }, SENT_MESSAGE)).toMatchObject({
      __typename: 'ClientMessageIdReused',
    });
  }
  expect(await ada.attempt('sendMessage', { ...input, content: { text: { text: 'a' } } }, SENT_MESSAGE)).toMatchObject({
    __typename: 'ClientMessageIdReused',
  });
  expect(await readLog(stack, id)).toHaveLength(2);
});

test('a blank caption counts as left out, and null beside a picture too', async () => {
  const { ada, id } = await pair(stack);
  for (const blank of ['', ' ', '\u200b']) {
    const image = { fileId: await picture(ada), caption: blank };
    const result = await ada.attempt(
      'sendMessage',
      {
        conversationId: id,
        clientMessageId: newUuid(),
        content: { text: null, image },
      },
      SENT_MESSAGE,
    );
    expect(result.sentMessage).toMatchObject({
      preview: 'Image',
      content: { __typename: 'ImageContent', caption: null },
    });
  }
});

test('files of others, unknown ones and what is no picture are refused by name, and nothing is written', async () => {
  const { ada, bob, id } = await pair(stack);
  const eve = await person(stack);
  const image = async (fileId: string) =>
    ada.attempt(
      'sendMessage',
      { conversationId: id, clientMessageId: newUuid(), content: { image: { fileId } } },
      SENT_MESSAGE,
    );
  expect(await image(newId('file'))).toMatchObject({ __typename: 'NotFound', code: 'NOT_FOUND' });
  expect(await image(await picture(bob))).toMatchObject({ __typename: 'NotFound' });
  expect(await image(await picture(eve))).toMatchObject({ __typename: 'NotFound' });
  const text = await upload(ada, new TextEncoder().encode('not a picture'), 'image/png');
  expect(await image(text)).toMatchObject({ __typename: 'InvalidInput', field: 'content.image.fileId' });
  expect(await readLog(stack, id)).toHaveLength(1);
});
