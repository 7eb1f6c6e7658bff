import { z } from 'zod';
import { IMAGE, type ImageContent } from './image.ts';
import type { MessageKind } from './kind.ts';
import { TEXT, type TextContent } from './text.ts';

/** What a message says or shows. */
export type MessageContent = TextContent | ImageContent;

/**
 * All kinds of messages. A new kind is a file beside this one, a line here and in the type above, and its
 * schema.
 */
const KINDS: { readonly [Name in MessageContent['kind']]: MessageKind<Extract<MessageContent, { kind: Name }>> } = {
  TEXT,
  IMAGE,
};

/** The kind of a content, which fits it. */
export function kindOf({ kind }: MessageContent): MessageKind<MessageContent> {
  return KINDS[kind] as MessageKind<MessageContent>;
}

/** @throws where the row is of a kind that this version does not know */
export function readContent(kind: MessageContent['kind'], stored: Record<string, unknown>): MessageContent {
  return KINDS[kind].read(stored);
}

export function isSameContent(stored: MessageContent, sent: MessageContent): boolean {
  return stored.kind === sent.kind && kindOf(stored).isSame(stored, sent);
}

const members = Object.values(KINDS).map(({ field, input }) => [field, input.nullish()] as const);

/**
 * `MessageContentInput`. Apollo's composition does not know `@oneOf`, so this checks that one kind is given.
 */
export const contentInput = z.object(Object.fromEntries(members)).transform((given, context): MessageContent => {
  const [content, ...more] = Object.values(given).filter((member) => member != null);
  if (content && more.length === 0) return content;
  const fields = members.map(([field]) => field).join(', ');
  context.addIssue({ code: 'custom', message: `Give exactly one of ${fields}.` });
  return z.NEVER;
});
