import { z } from 'zod';
import { id, optionalText } from '../../../../../kit/base/input.ts';
import type { MessageKind } from './kind.ts';
import { firstLine, isSameText, TEXT_LENGTH } from './texts.ts';

export interface ImageContent {
  kind: 'IMAGE';
  fileId: string;
  caption: string | null;
}

export const IMAGE: MessageKind<ImageContent> = {
  name: 'IMAGE',
  type: 'ImageContent',
  field: 'image',
  input: z
    .object({ fileId: id('file', 'The file id'), caption: optionalText('The caption', TEXT_LENGTH) })
    .transform(({ fileId, caption }) => ({ kind: 'IMAGE', fileId, caption: caption ?? null })),
  store: ({ fileId, caption }) => ({ fileId, caption }),
  read: ({ fileId, caption = null }) =>
    typeof fileId === 'string' && (caption === null || typeof caption === 'string')
      ? { kind: 'IMAGE', fileId, caption }
      : null,
  preview: ({ caption }) => (caption === null ? null : firstLine(caption)) ?? 'Image',
  files: ({ fileId }) => [{ id: fileId, field: 'content.image.fileId' }],
  isSame: (stored, sent) => stored.fileId === sent.fileId && isSameText(stored.caption, sent.caption),
};
