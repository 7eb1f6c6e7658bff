import { z } from 'zod';
import { IMAGE, type ImageContent } from './image.ts';
import type { ContentView, MessageKind } from './kind.ts';
import { TEXT, type TextContent } from './text.ts';
import { UNKNOWN, type UnknownContent } from './unknown.ts';

/** What can be sent. */
export type SentContent = TextContent | ImageContent;

/** What a stored message says or shows. */
export type MessageContent = SentContent | UnknownContent;

/**
 * All kinds of messages. A new kind is a file beside this one, a line here and in the type above, and its
 * schema.
 */
const KINDS: { readonly [Name in SentContent['kind']]: MessageKind<Extract<SentContent, { kind: Name }>> } = {
  TEXT,
  IMAGE,
};

/** The kind of a content, which fits it. */
export function kindOf({ kind }: SentContent): MessageKind<SentContent> {
  return KINDS[kind] as MessageKind<SentContent>;
}

/** How a content is shown. */
export function viewOf(content: MessageContent): ContentView<MessageContent> {
  return (content.kind === 'UNKNOWN' ? UNKNOWN : kindOf(content)) as ContentView<MessageContent>;
}

/**
 * Content as a row or a publication has it. One message that cannot be read must not take its page or its
 * event with it: it is `UNKNOWN`.
 */
export function readContent(kind: string, stored: unknown): MessageContent {
  const isKnown = Object.hasOwn(KINDS, kind) && typeof stored === 'object' && stored !== null;
  const content = isKnown ? KINDS[kind as SentContent['kind']].read(stored as Record<string, unknown>) : null;
  return content ?? { kind: 'UNKNOWN' };
}

export function isSameContent(stored: MessageContent, sent: SentContent): boolean {
  return stored.kind === sent.kind && kindOf(sent).isSame(stored, sent);
}

const members = Object.values(KINDS).map(({ field, input }) => [field, input.nullish()] as const);

/**
 * `MessageContentInput`. Apollo's composition does not know `@oneOf`, so this checks that one kind is given.
 */
export const contentInput = z.object(Object.fromEntries(members)).transform((given, context): SentContent => {
  const [content, ...more] = Object.values(given).filter((member) => member != null);
  if (content && more.length === 0) return content;
  const fields = members.map(([field]) => field).join(', ');
  context.addIssue({ code: 'custom', message: `Give exactly one of ${fields}.` });
  return z.NEVER;
});
