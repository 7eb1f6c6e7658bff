import { newUuid } from '../kit/base/ids.ts';
import type { GraphClient } from './client.ts';
import { type Identity, Person } from './person.ts';
import type { SharedStack } from './stack.ts';
import { waitFor } from './wait.ts';

export type { Person } from './person.ts';

export const PASSWORD = 'correct horse battery staple';

/** A user name that nobody has. */
export function newUserName(name = 'u'): string {
  return `${name.toLowerCase()}_${newUuid().slice(-12)}`;
}

export interface PersonOptions {
  name?: string;
  userName?: string;
  /** What their token allows, as `user admin`. */
  scope?: string;
}

/**
 * Somebody who is signed in, and has a profile where the stack runs the user service. They have no account:
 * the kit signs their token, which costs no password hash. `register` makes accounts.
 */
export async function person(stack: SharedStack, options: PersonOptions = {}): Promise<Person> {
  const { name = 'Ada', userName = newUserName(), scope } = options;
  const { userId: id, token, sessionId } = await stack.signIn(undefined, undefined, undefined, scope);
  if (stack.services('user').length > 0) {
    await createProfile(stack, { id, userName, name });
  }
  return new Person(stack, { id, userName, name, token, sessionId });
}

/** Asks for a profile as the auth service does, and gives what `createProfile` ended with. */
export async function createProfile(stack: SharedStack, input: { id: string; userName: string; name: string }) {
  const auth = stack.client('user').as(await stack.serviceToken('auth', 'user'));
  return auth.attempt('createProfile', input, 'user { id userName name bio }');
}

/** People who do not know each other, by name: `const { ada, bo } = await people(stack, 'ada', 'bo')`. */
export async function people<Name extends string>(
  stack: SharedStack,
  ...names: readonly Name[]
): Promise<Record<Name, Person>> {
  return named(names, (name) => person(stack, { name: capital(name), userName: newUserName(name) }));
}

/** People who are all friends with each other. */
export async function friends<Name extends string>(
  stack: SharedStack,
  ...names: readonly Name[]
): Promise<Record<Name, Person>> {
  const made = await people(stack, ...names);
  const all = Object.values<Person>(made);
  await Promise.all(all.map(async (one, index) => one.befriend(...all.slice(index + 1))));
  return made;
}

/** So many people who do not know each other. */
export function crowd(stack: SharedStack, count: number): Promise<Person[]> {
  return Promise.all(Array.from({ length: count }, () => person(stack)));
}

/** Two friends and their conversation. */
export async function pair(stack: SharedStack): Promise<{ ada: Person; bob: Person; id: string }> {
  const { ada, bob } = await friends(stack, 'ada', 'bob');
  return { ada, bob, id: await ada.direct(bob) };
}

/** A group of three: its owner, who is a friend of both others, and somebody whom nobody there knows. */
export async function trio(stack: SharedStack) {
  const { owner, bob, carl, stranger } = await people(stack, 'owner', 'bob', 'carl', 'stranger');
  await owner.befriend(bob, carl);
  return { owner, bob, carl, stranger, id: await owner.group('Beavers', [bob, carl]) };
}

/**
 * Everybody whom a permission of a group tells apart, and the group. All are friends of the owner but
 * `stranger`; `former` has left it.
 */
export async function roles(stack: SharedStack) {
  const made = await people(stack, 'owner', 'admin', 'member', 'former', 'stranger');
  const { owner, admin, member, former } = made;
  await owner.befriend(admin, member, former);
  const id = await owner.group('Beavers', [admin, member, former]);
  await former.leave(id);
  await stack.mysql.query("UPDATE chat_memberships SET role = 'ADMIN' WHERE conversation_id = ? AND user_id = ?", [
    id,
    admin.id,
  ]);
  return { ...made, id };
}

/** People with accounts, who registered through a gateway, and go through it. */
export async function registered<Name extends string>(
  stack: SharedStack,
  names: readonly Name[],
  { gateway = 0 } = {},
): Promise<Record<Name, Person>> {
  const route = { instance: gateway, isThroughGateway: true };
  return named(names, async (name) => new Person(stack, await register(stack.client('gateway', gateway), name), route));
}

/** What `register` takes, for somebody with a user name and an address that nobody has. */
export function newAccount(name?: string) {
  const userName = newUserName(name);
  return { userName, email: `${userName}@example.com`, password: PASSWORD, deviceName: 'test' };
}

/** Registers somebody, as a frontend does. */
async function register(gateway: GraphClient, name: string): Promise<Identity & { refreshToken: string }> {
  const account = newAccount(name);
  const { userName } = account;
  const { tokens, session } = await gateway.perform(
    'register',
    account,
    'tokens { accessToken refreshToken } session { id }',
  );
  const { accessToken: token, refreshToken } = tokens;
  // On a busy machine the profile is made after the answer, and nobody finds them before.
  const profile = async () => (await gateway.as(token).data('{ viewer { id } }')).viewer;
  const { id } = await waitFor(profile, { what: `the profile of ${name}`, timeout: 60_000 });
  return { id, userName, name: userName, token, sessionId: session.id, refreshToken };
}

async function named<Name extends string>(
  names: readonly Name[],
  make: (name: Name) => Promise<Person>,
): Promise<Record<Name, Person>> {
  const made = await Promise.all(names.map(async (name) => [name, await make(name)] as const));
  return Object.fromEntries(made) as Record<Name, Person>;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
