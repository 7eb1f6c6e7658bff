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
