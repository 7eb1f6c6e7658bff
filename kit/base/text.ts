/*
 * Rules for what people type. A label is one line that names something: a name, a title, a device name. A
 * text may have many lines: a message, a caption, a bio, the words of a friend request.
 *
 * | characters                                          | in a label                 | in a text                                          |
 * | --------------------------------------------------- | -------------------------- | -------------------------------------------------- |
 * | line ends (CR, VT, FF, NEL, U+2028, U+2029), CR LF  | a space each               | a line feed each                                   |
 * | tab                                                 | a space                    | kept                                               |
 * | other control characters, colour codes of terminals | removed                    | removed: they come along with pasted text          |
 * | direction controls                                  | removed: the line around a | kept: a client shows a text as a paragraph of its  |
 * |                                                     | label would turn round     | own, and their effect ends with the paragraph      |
 * | joiners, variation selectors                        | kept after a letter, mark  | kept                                               |
 * |                                                     | or emoji that they change  |                                                    |
 * | tags                                                | kept in flags              | kept                                               |
 * | other characters that are never shown               | removed                    | kept: a soft hyphen or a word break has a use      |
 * | marks without a letter in front                     | removed                    | kept                                               |
 * | white space at the ends                             | removed                    | kept                                               |
 * | half a surrogate pair                               | refused: no UTF-8 has it   | refused                                            |
 *
 * Neither is normalised: NFC would give people with 神 (U+FA19) in their name another character. Search
 * compares a folded form instead.
 *
 * Blank is what shows nothing. A blank label is refused, a blank text counts as left out.
 *
 * A limit counts characters as people do: a family emoji is one, and so is a letter with its marks. Because
 * such a character has no longest form, a second limit bounds the code points. Database columns have the
 * width of that second limit.
 */

/** The most that a label or a text may hold. */
export interface TextLimit {
  characters: number;
  codePoints: number;
}

/** Limit of a label: leaves room for 4 code points a character, so half of its characters may be families. */
export function labelLimit(characters: number): TextLimit {
  return { characters, codePoints: characters * 4 };
}

/** Limit of a text: leaves room for 2 code points a character, which is enough for text in any script. */
export function textLimit(characters: number): TextLimit {
  return { characters, codePoints: characters * 2 };
}

const LINE_END = /\r\n|[\r\v\f\u0085\u2028\u2029]/g;
const CONTROL = /[^\P{Cc}\t\n]/u;
/** A terminal's control sequence, as in "ESC[31m", or a control character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROLS = /\u001b\[[0-?]*[ -/]*[@-~]|[^\P{Cc}\t\n]/gu;

/**
 * Matches what a label drops and, as group 1, a flag of tags that it keeps. A joiner or a selector is dropped
 * unless it follows a character that it may change; Latin, Greek and Cyrillic letters are never changed by
 * one.
 */
const UNSHOWN =
  /(\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{2,16}\u{E007F})|(?<![[\p{L}\p{M}\p{S}\p{Emoji}]--[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Default_Ignorable_Code_Point}]]\p{Variation_Selector}?)[\u200C\u200D\u180E\p{Variation_Selector}]|[[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]--[\u200C\u200D\u180E\p{Variation_Selector}]]/gv;

/**
 * Matches a character that shows something. Beside white space, controls and what Unicode says to ignore, the
 * blank ones are: annotation marks, the Braille pattern without dots, the blanks of hieroglyphs and Khitan,
 * and the note without a head.
 */
const SHOWN =
  /[^\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\u2800\uFFF9-\uFFFB\u{13430}-\u{13442}\u{16FE4}\u{1D159}]/u;

/** Whether a text shows nothing. */
export function isBlank(value: string): boolean {
  return !SHOWN.test(value);
}

/** A text as it is stored: see the table. */
export function cleanText(value: string): string {
  const lines = value.replace(LINE_END, '\n');
  return CONTROL.test(lines) ? lines.replace(CONTROLS, '') : lines;
}

/** A label as it is stored: see the table. */
export function cleanLabel(value: string): string {
  return dropUnshown(cleanText(value).replace(/[\t\n]/g, ' '))
    .trim()
    .replace(/^[\p{M}\s\p{Default_Ignorable_Code_Point}]+/u, '');
}

/** Removes the characters that are never shown and change no other. */
export function dropUnshown(value: string): string {
  return value.replace(UNSHOWN, '$1');
}

/** Unicode code points, which is what a VARCHAR counts. */
export function codePointCount(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Whether a text is within a limit. Costs no more than the limit does, however long the text is. */
export function fits(value: string, { characters, codePoints }: TextLimit): boolean {
  if (value.length <= characters) return true;
  if (value.length > codePoints * 2) return false;
  const count = codePointCount(value);
  if (count <= characters || count > codePoints) return count <= characters;
  let left = characters;
  for (const _ of segmenter.segment(value)) if (--left < 0) return false;
  return true;
}

/** The longest beginning of a text that is within a limit and ends between two characters. */
export function cut(value: string, { characters, codePoints }: TextLimit): string {
  let end = 0;
  let left = characters;
  let room = codePoints;
  for (const { segment, index } of segmenter.segment(value.slice(0, codePoints * 2))) {
    left -= 1;
    room -= codePointCount(segment);
    if (left < 0 || room < 0) break;
    end = index + segment.length;
  }
  return value.slice(0, end);
}
