import { newId } from '../../../../kit/base/ids.ts';
import type { GraphClient } from '../../../../testing/client.ts';
import { person } from '../../../../testing/people.ts';
import { sharedStack } from '../../../../testing/shared-stack.ts';
import type { SharedStack } from '../../../../testing/stack.ts';

let stack: SharedStack;
let chat: GraphClient;
beforeAll(async () => {
  stack = await sharedStack({ user: 1 });
  chat = stack.client('user').as(await stack.serviceToken('chat', 'user'));
});
afterAll(() => stack.stop());

const ENTITIES = `query ($of: [_Any!]!) { _entities(representations: $of) {
  ... on User { id name avatarFileId friendship friends { edges { cursor } } }
} }`;
const reference = (id: unknown) => ({ __typename: 'User', id });

test('references are resolved for a viewer and for a service, null where there is no such user', async () => {
  const [ada, bob] = [await person(stack, { name: 'Ada' }), await person(stack, { name: '小明' })];
  const of = [bob.id, newId('user'), ada.id, 'x', bob.id].map(reference);
  const asAda = await ada.user.data(ENTITIES, { of });
  const seen = (id: string, name: string, friendship: string | null, friends: unknown) => ({
    id,
    name,
    avatarFileId: null,
    friendship,
    friends,
  });
  const [adaSeen, bobSeen] = [seen(ada.id, 'Ada', 'SELF', { edges: [] }), seen(bob.id, '小明', 'NONE', null)];
  expect(asAda._entities).toEqual([bobSeen, null, adaSeen, null, bobSeen]);
  const asChat = await chat.data(ENTITIES, { of: [reference(bob.id)] });
  expect(asChat._entities).toEqual([seen(bob.id, '小明', null, null)]);
});

test('references grant nothing to nobody', async () => {
  const { id } = await person(stack);
  const { data, errors } = await stack.client('user').send(ENTITIES, { of: [reference(id)] });
  expect(data).toEqual({ _entities: [null] });
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});
