import { InvalidInput } from '../../../kit/base/errors.ts';
import { type IdType, isId } from '../../../kit/base/ids.ts';
import {
  type Connection,
  type CursorCodec,
  cursorOf,
  joinConnections,
  type Page,
  type PageArgs,
  readPage,
  toConnection,
} from '../../../kit/graph/connections.ts';
import type { ConversationPlace, MemberPlace, SeqPlace } from '../domain/ports.ts';

/**
 * The cursors of this service's lists. Each is tagged with its list, so that one of another list is refused
 * by name.
 */

/** The largest number of milliseconds that is a time. */
const LAST_TIME = 8.64e15;

export const conversationCursor = cursorOf<ConversationPlace>(
  'conversations',
  ([activity, id]) => Number.isInteger(activity) && Math.abs(activity as number) <= LAST_TIME && isIdOf('conv', id),
);

export const memberCursor = cursorOf<MemberPlace>('members', ([userId]) => isIdOf('user', userId));

export const messageCursor = cursorOf<SeqPlace>('messages', ([seq]) => Number.isSafeInteger(seq));

export const logCursor = cursorOf<SeqPlace>('log', ([seq]) => Number.isSafeInteger(seq));

function isIdOf(type: IdType, part: unknown): boolean {
  return typeof part === 'string' && isId(type, part);
}

/** The arguments of a list in the order of seq: those of a connection, or a place to show it around. */
export interface SeqPageArgs extends PageArgs {
  around?: number | null | undefined;
  aroundTime?: Date | null | undefined;
}

/**
 * A page of a list in the order of seq. Around a place it has as many before it as from it on.
 * @throws InvalidInput
 */
export async function connectBySeq<Row extends { seq: number }>(
  args: SeqPageArgs,
  codec: CursorCodec<SeqPlace>,
  list: { page(page: Page<SeqPlace>): Promise<Row[]>; seqAt(time: Date): Promise<number> },
): Promise<Connection<Row>> {
  const read = async (page: Page<SeqPlace>) => toConnection(await list.page(page), page, codec, ({ seq }) => [seq]);
  requireOneWay(args);
  const page = readPage(args, codec);
  const seq = args.around ?? (args.aroundTime ? await list.seqAt(args.aroundTime) : null);
  if (seq === null) return read(page);
  const before = Math.floor(page.limit / 2);
  return joinConnections(
    ...(await Promise.all([
      read({ limit: before, direction: 'backward', from: [seq] }),
      read({ limit: page.limit - before, direction: 'forward', from: [seq - 1] }),
    ])),
  );
}

/** A place excludes the other place, and whatever a page begins after or ends before. @throws InvalidInput */
function requireOneWay({ around, aroundTime, after, last, before }: SeqPageArgs): void {
  if (around == null && aroundTime == null) return;
  if (around != null && aroundTime != null) {
    throw new InvalidInput('aroundTime', 'Use around or aroundTime, not both.');
  }
  const name = around == null ? 'aroundTime' : 'around';
  if (last != null || after || before) {
    throw new InvalidInput(name, `Use ${name} with first alone. Go on from it with the cursors of its page.`);
  }
  if (around != null && around < 0) throw new InvalidInput('around', 'A seq is 0 or more.');
}
