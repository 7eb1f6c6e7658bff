import { composeSchemas } from '../gateway/supergraph/compose.ts';
import { readSdl } from '../kit/graph/schema.ts';
import { SUBGRAPH_NAMES } from '../services.ts';

/*
 * A gateway that starts while services are away, and has no graph of before, serves what composes of the
 * others. So services must not need each other to compose, more than what they extend makes them.
 */

const parts = SUBGRAPH_NAMES.map((name) => ({
  name,
  sdl: readSdl(new URL(`../subgraphs/${name}/schema/`, import.meta.url)),
}));
/** All but none, and auth alone, which has nothing to query. */
const subsets = Array.from({ length: 2 ** parts.length }, (_, bits) =>
  parts.filter((_part, index) => bits & (1 << index)),
).filter((subset) => subset.some(({ name }) => name !== 'auth'));

test.each(subsets.map((subset) => [subset.map(({ name }) => name).join(', '), subset] as const))(
  'the graph of %s composes, unless it has files and no users',
  (_names, subset) => {
    const has = (name: string) => subset.some((part) => part.name === name);
    const { errors } = composeSchemas(subset);
    // The address of an avatar is made of the user's `avatarFileId`.
    if (has('file') && !has('user')) expect(errors).toEqual([expect.stringContaining('avatarFileId')]);
    else expect(errors).toBeUndefined();
  },
);
