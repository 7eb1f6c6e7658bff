import { type IdType, isId } from '../../../kit/base/ids.ts';
import { type CursorCodec, cursorOf } from '../../../kit/graph/connections.ts';
import type { SearchHit } from '../domain/profiles/profiles.ts';

/**
 * The cursors of a list whose position is one id of `type`. `list` is its name: a cursor of another list is
 * refused.
 */
export function idCursor(list: string, type: IdType): CursorCodec<string> {
  const codec = cursorOf<[string]>(
    list,
    ([id, ...rest]) => typeof id === 'string' && isId(type, id) && rest.length === 0,
  );
  return { encode: (id) => codec.encode([id]), decode: (cursor) => codec.decode(cursor)?.[0] ?? null };
}

const hits = cursorOf<[string, string]>(
  'users',
  ([term, userId, ...rest]) =>
    typeof term === 'string' && typeof userId === 'string' && isId('user', userId) && rest.length === 0,
);

/** The cursors of a search. */
export const searchCursor: CursorCodec<SearchHit> = {
  encode: ({ term, userId }) => hits.encode([term, userId]),
  decode(cursor) {
    const position = hits.decode(cursor);
    return position && { term: position[0], userId: position[1] };
  },
};
