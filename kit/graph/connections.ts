import { InvalidInput } from '../base/errors.ts';

/** The arguments of a Relay connection. */
export interface PageArgs {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

/** A page for storage to read: `limit` rows and one more, which tells whether the list goes on. */
export interface Page<Position> {
  /** Rows wanted; storage reads `limit + 1`. */
  limit: number;
  /** Forward reads the list from its start or from after `from`; backward from its end or from before it. */
  direction: 'forward' | 'backward';
  from: Position | null;
}

export interface Edge<Node> {
  cursor: string;
  node: Node;
}

export interface Connection<Node> {
  edges: Edge<Node>[];
  pageInfo: { startCursor: string | null; endCursor: string | null; hasNextPage: boolean; hasPreviousPage: boolean };
}

const DEFAULT_SIZE = 20;
const MAX_SIZE = 100;

/**
 * Codec of opaque cursors for positions in a total order. `decode` returns null for anything else, so that a
 * cursor of another list is refused by name.
 */
export interface CursorCodec<Position> {
  encode(position: Position): string;
  decode(text: string): Position | null;
}

/** A cursor that holds text or numbers, tagged with the name of its list. */
export function cursorOf<Parts extends (string | number)[]>(
  list: string,
  isPosition: (parts: unknown[]) => boolean,
): CursorCodec<Parts> {
  return {
    encode: (parts) => Buffer.from(JSON.stringify([list, ...parts])).toString('base64url'),
    decode(text) {
      try {
        const [name, ...parts] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
        return name === list && isPosition(parts) ? (parts as Parts) : null;
      } catch {
        return null;
      }
    },
  };
}

/**
 * Reads the arguments of a connection: `first` with `after`, or `last` with `before`; neither means the
 * first 20. At most 100.
 * @throws InvalidInput
 */
export function readPage<Position>(args: PageArgs, codec: CursorCodec<Position>): Page<Position> {
  const { first, last } = args;
  // Some clients cannot omit an argument: an empty one counts as omitted.
  const [after, before] = [args.after || null, args.before || null];
  if ((first != null || after != null) && (last != null || before != null)) {
    throw new InvalidInput('last', 'Use first with after, or last with before, not both.');
  }
  const backward = last != null || before != null;
  const name = backward ? 'last' : 'first';
  const size = (backward ? last : first) ?? DEFAULT_SIZE;
  if (size < 1 || size > MAX_SIZE) throw new InvalidInput(name, `${name} must be 1 to ${MAX_SIZE}.`);
  const cursor = backward ? before : after;
  const from = cursor == null ? null : codec.decode(cursor);
  if (cursor != null && from === null) {
    throw new InvalidInput(
      backward ? 'before' : 'after',
      'This is not a cursor of this list. Use one that a page of this list gave.',
    );
  }
  return { limit: size, direction: backward ? 'backward' : 'forward', from };
}

/**
 * Makes the page. `rows` are what storage read (up to `limit + 1`), nearest to `from` first: for a backward
 * page the newest of the range come first and are turned round here, because a connection always shows its
 * list in one order.
 */
export function toConnection<Row, Position>(
  rows: readonly Row[],
  page: Page<Position>,
  codec: CursorCodec<Position>,
  positionOf: (row: Row) => Position,
): Connection<Row> {
  const more = rows.length > page.limit;
  const shown = rows.slice(0, page.limit);
  if (page.direction === 'backward') shown.reverse();
  const edges = shown.map((node) => ({ cursor: codec.encode(positionOf(node)), node }));
  return {
    edges,
    pageInfo: {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
      // In the other direction, the given cursor shows that there is something.
      hasNextPage: page.direction === 'forward' ? more : page.from !== null,
      hasPreviousPage: page.direction === 'backward' ? more : page.from !== null,
    },
  };
}

/** One page of two that meet: what lies before a place, and the place with what lies after it. */
export function joinConnections<Node>(before: Connection<Node>, after: Connection<Node>): Connection<Node> {
  const edges = [...before.edges, ...after.edges];
  return {
    edges,
    pageInfo: {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
      hasNextPage: after.pageInfo.hasNextPage,
      hasPreviousPage: before.pageInfo.hasPreviousPage,
    },
  };
}
