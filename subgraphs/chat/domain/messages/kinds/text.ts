import { z } from 'zod';
import { text } from '../../../../../kit/base/input.ts';
import { isBlank } from '../../../../../kit/base/text.ts';
import type { MessageKind } from './kind.ts';
import { firstLine, isSameText, TEXT_LENGTH } from './texts.ts';

export interface TextContent {
  kind: 'TEXT';
  text: string;
}

export const TEXT: MessageKind<TextContent> = {
  name: 'TEXT',
  type: 'TextContent',
  field: 'text',
  input: z
    .object({
      text: text('The text', TEXT_LENGTH).refine((value) => !isBlank(value), 'Give a text that is not blank.'),
    })
    .transform(({ text }) => ({ kind: 'TEXT', text })),
  store: ({ text }) => ({ text }),
  read: ({ text }) => (typeof text === 'string' ? { kind: 'TEXT', text } : null),
  preview: ({ text }) => firstLine(text) ?? 'Text',
  files: () => [],
  isSame: (stored, sent) => isSameText(stored.text, sent.text),
};
