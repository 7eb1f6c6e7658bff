import type { Page } from '../../../kit/graph/connections.ts';

/** How a page of a list is read whose ids sort by time and whose newest entry comes first. */
export function newestFirst({ direction, from, limit }: Page<string>) {
  const forward = direction === 'forward';
  const beyond = from === null ? undefined : forward ? { lt: from } : { gt: from };
  return { beyond, order: forward ? ('desc' as const) : ('asc' as const), take: limit + 1 };
}
