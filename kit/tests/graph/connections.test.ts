import { type Connection, cursorOf, type PageArgs, readPage, toConnection } from '../../graph/connections.ts';

const codec = cursorOf<[number]>('numbers', ([n]) => typeof n === 'number');
const ALL = Array.from({ length: 7 }, (_, index) => index + 1);

/** A list of 1 to 7 as a storage would read it. */
function list(args: PageArgs): Connection<number> {
  const page = readPage(args, codec);
  const from = page.from?.[0];
  const inOrder = page.direction === 'forward' ? ALL : ALL.toReversed();
  const after = inOrder.filter((n) => from === undefined || (page.direction === 'forward' ? n > from : n < from));
  return toConnection(after.slice(0, page.limit + 1), page, codec, (n) => [n]);
}

const nodes = (connection: Connection<number>) => connection.edges.map(({ node }) => node);

describe('a connection', () => {
  it.each([1, 2, 3, 6, 7, 8])('gives everything once and in order, both ways, %d at a time', (size) => {
    const forward: number[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const page = list({ first: size, after });
      forward.push(...nodes(page));
      after = page.pageInfo.endCursor;
      more = page.pageInfo.hasNextPage;
    }
    expect(forward).toEqual(ALL);
    const backward: number[] = [];
    for (let before: string | null = null, more = true; more; ) {
      const page = list({ last: size, before });
      backward.unshift(...nodes(page));
      before = page.pageInfo.startCursor;
      more = page.pageInfo.hasPreviousPage;
    }
    expect(backward).toEqual(ALL);
  });

  it('takes an empty cursor as none', () => {
    expect(list({ first: 3, after: '', before: '' })).toEqual(list({ first: 3 }));
    expect(list({ last: 3, after: '', before: '' })).toEqual(list({ last: 3 }));
  });

  it('says truly whether the list goes on', () => {
    expect(list({ first: 3 }).pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(list({ last: 3 }).pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(list({ first: 7 }).pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
  });

  it.each<[string, PageArgs, string]>([
    ['none', { first: 0 }, 'first'],
    ['too many', { first: 101 }, 'first'],
    ['fewer than none', { last: -1 }, 'last'],
    ['both ways at once', { first: 1, last: 1 }, 'last'],
    ['a cursor of nothing', { after: 'nonsense' }, 'after'],
    ['a cursor of another list', { after: cursorOf<[number]>('others', () => true).encode([1]) }, 'after'],
    ['a cursor with other contents', { after: Buffer.from('["numbers","x"]').toString('base64url') }, 'after'],
  ])('refuses %s by name', (_what, args, field) => {
    expect(() => list(args)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', fields: expect.objectContaining({ field }) }),
    );
  });
});
