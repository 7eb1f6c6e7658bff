import { cleanLabel, cleanText, cut, isBlank, type TextLimit } from '../../../../../kit/base/text.ts';

/** Texts of messages, whatever the kind. */

/** The longest text and caption, in characters. */
export const TEXT_LENGTH = 5_000;

/** The longest preview without its ellipsis. */
const PREVIEW: TextLimit = { characters: 100, codePoints: 400 };
/**
 * Code units of a line that a preview may need: twice its code points, and as much again that cleaning
 * removes.
 */
const PREVIEW_UNITS = PREVIEW.codePoints * 4;

/** The first line that shows something, cut to the length of a preview; null where none does. */
export function firstLine(text: string): string | null {
  for (let from = 0; from <= text.length; ) {
    const end = text.indexOf('\n', from);
    const to = end < 0 ? text.length : end;
    const label = cleanLabel(text.slice(from, Math.min(to, from + PREVIEW_UNITS)).toWellFormed());
    if (!isBlank(label)) {
      const shown = cut(label, PREVIEW);
      return shown.length < label.length || to - from > PREVIEW_UNITS ? `${shown.trimEnd()}…` : shown;
    }
    from = to + 1;
  }
  return null;
}

/**
 * Whether a stored text is the one that is sent. Texts from before cleaning are compared as they would be
 * stored now.
 */
export function isSameText(stored: string | null, sent: string | null): boolean {
  return stored === sent || (stored !== null && cleanText(stored) === sent);
}
