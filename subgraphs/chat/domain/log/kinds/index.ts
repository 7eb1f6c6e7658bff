import type { Message } from '../../model.ts';
import { CONVERSATION_CREATED } from './conversation-created.ts';
import { ENTRY_LOST } from './entry-lost.ts';
import type { EntryBase, EntryOf, LogKind } from './kind.ts';
import { MEMBER_JOINED } from './member-joined.ts';
import { MEMBER_LEFT } from './member-left.ts';
import { MESSAGE_SENT } from './message-sent.ts';

/** All kinds of entries. A new kind is a file beside this one, a line here, and its schema. */
const KINDS = {
  CONVERSATION_CREATED,
  MESSAGE_SENT,
  MEMBER_JOINED,
  MEMBER_LEFT,
  ENTRY_LOST,
};

type Kinds = typeof KINDS;
/** What can be written. */
export type KnownEntry = { [Name in keyof Kinds]: EntryOf<Kinds[Name]> }[keyof Kinds];

/**
 * An entry of a kind that only a newer version knows, as while instances are replaced one by one. It takes
 * its number; nothing else is known of it, not even whether somebody is out by it.
 */
export type UnknownEntry = EntryBase & { kind: 'UNKNOWN' };

/** One entry of a conversation's log. */
export type LogEntry = KnownEntry | UnknownEntry;

function kindNamed(name: string): LogKind | null {
  return Object.hasOwn(KINDS, name) ? KINDS[name as keyof Kinds] : null;
}

/**
 * An entry as a row or a publication has it. Null where it is of a known kind and lacks what the kind needs:
 * then the log is damaged.
 */
export function readEntry(
  name: string,
  base: EntryBase,
  stored: { payload: unknown; message: Message | null },
): LogEntry | null {
  const kind = kindNamed(name);
  if (!kind) return { ...base, kind: 'UNKNOWN' };
  if (kind.hasMessage && !stored.message) return null;
  const payload = kind.payload?.safeParse(stored.payload);
  if (payload && !payload.success) return null;
  const message = kind.hasMessage ? { message: stored.message } : null;
  return { ...base, kind: name, ...message, ...payload?.data } as LogEntry;
}

/** The column `payload` of an entry: null for a kind without one. */
export function payloadOf(entry: KnownEntry): object | null {
  return kindNamed(entry.kind)?.payload?.parse(entry) ?? null;
}

/** The type of an entry in the schema. */
export function entryTypeOf({ kind }: LogEntry): string {
  return kindNamed(kind)?.type ?? 'UnknownEntry';
}

/** The user who is out of the conversation by an entry; null where it says so of nobody. */
export function outBy(entry: LogEntry): string | null {
  return kindNamed(entry.kind)?.moves === 'OUT' && 'userId' in entry ? entry.userId : null;
}

/** The message that an entry is about. */
export function messageOf(entry: LogEntry): Message | null {
  return 'message' in entry ? entry.message : null;
}

/** The names of the kinds by which the user of the payload is in or out. */
export function namesThatMove(direction: 'IN' | 'OUT'): string[] {
  return namesOf(({ moves }) => moves === direction);
}

/** The names of the kinds that need a payload. */
export function namesWithPayload(): string[] {
  return namesOf(({ payload }) => payload !== undefined);
}

function namesOf(fits: (kind: LogKind) => boolean): string[] {
  return Object.values<LogKind>(KINDS)
    .filter(fits)
    .map(({ name }) => name);
}
