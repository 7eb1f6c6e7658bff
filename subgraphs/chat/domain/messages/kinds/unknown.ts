import type { ContentView } from './kind.ts';

/**
 * Content of a kind that only a newer version knows, as while instances are replaced one by one, or content
 * that is damaged. The message itself is whole: it counts, has a place and a sender.
 */
export interface UnknownContent {
  kind: 'UNKNOWN';
}

export const UNKNOWN: ContentView<UnknownContent> = {
  type: 'UnknownContent',
  preview: () => 'Message',
};
