import type { z } from 'zod';

/** How content is shown: there for every message that can be read. */
export interface ContentView<Content extends { kind: string }> {
  /** Its type in the schema. */
  type: string;
  /** One line for clients that do not know the kind. */
  preview(content: Content): string;
}

/** Everything that the service knows about one kind of message. */
export interface MessageKind<Content extends { kind: string }> extends ContentView<Content> {
  /** Its name in the column `kind` and in `Message.content`. */
  name: Content['kind'];
  /** Its field in `MessageContentInput`. */
  field: string;
  /** Checks and cleans what a client sends. */
  input: z.ZodType<Content>;
  /** What stands in the column `content`: the kind has a column of its own. */
  store(content: Content): object;
  /** The content of a column that `store` filled; null where the column is not as `store` fills it. */
  read(stored: Record<string, unknown>): Content | null;
  /** Files that the message holds as long as it is there. */
  files(content: Content): readonly HeldFile[];
  /** Whether a stored message is the one that is sent again with the same `clientMessageId`. */
  isSame(stored: Content, sent: Content): boolean;
}

/** A file of a message, and the input field that named it. */
export interface HeldFile {
  id: string;
  field: string;
}
