import { newUuid } from '../../../kit/base/ids.ts';
import type { GraphClient } from '../../../testing/client.ts';
import type { SharedStack } from '../../../testing/stack.ts';

/** A user with a profile, signed in. */
export interface Person {
  id: string;
  userName: string;
  name: string;
  token: string;
  /** The user service as this person uses it. */
  api: GraphClient;
}

const CREATE_PROFILE = `mutation ($input: CreateProfileInput!) {
  createProfile(input: $input) {
    __typename
    ... on CreateProfilePayload { user { id userName name bio } }
    ... on InvalidInput { code message field }
  }
}`;

/** Asks for a profile as the auth service does, and gives what `createProfile` ended with. */
export async function createProfile(stack: SharedStack, input: { id: string; userName: string; name: string }) {
  const auth = stack.client('user').as(await stack.serviceToken('auth', 'user'));
  return (await auth.data(CREATE_PROFILE, { input })).createProfile;
}

/** Signs somebody up. `userName` is a new one unless it matters. */
export async function person(stack: SharedStack, name = 'Ada', userName = `u${newUuid().slice(-12)}`): Promise<Person> {
  const { userId: id, token } = await stack.signIn();
  await createProfile(stack, { id, userName, name });
  return { id, userName, name, token, api: stack.client('user').as(token) };
}

/** The fields that a page of any connection has. */
export const PAGE_INFO = 'pageInfo { startCursor endCursor hasNextPage hasPreviousPage }';

export interface TestPage<Node> {
  edges: { cursor: string; node: Node }[];
  pageInfo: { startCursor: string | null; endCursor: string | null; hasNextPage: boolean; hasPreviousPage: boolean };
}

/**
 * Reads a list to its end, page by page, from its start or from its end; in the order of the list either way.
 */
export async function readAll<Node>(
  direction: 'forward' | 'backward',
  read: (args: {
    first?: number;
    after?: string | null;
    last?: number;
    before?: string | null;
  }) => Promise<TestPage<Node>>,
): Promise<Node[]> {
  const nodes: Node[] = [];
  let cursor: string | null = null;
  for (;;) {
    const { edges, pageInfo } = await read(
      direction === 'forward' ? { first: 2, after: cursor } : { last: 2, before: cursor },
    );
    const page = edges.map((edge) => edge.node);
    if (direction === 'forward') nodes.push(...page);
    else nodes.unshift(...page);
    if (!(direction === 'forward' ? pageInfo.hasNextPage : pageInfo.hasPreviousPage)) return nodes;
    cursor = direction === 'forward' ? pageInfo.endCursor : pageInfo.startCursor;
  }
}
