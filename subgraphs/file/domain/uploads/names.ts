import { codePointCount, cut, dropUnshown, isBlank } from '../../../../kit/base/text.ts';
import type { StoredFile, VariantName } from '../types.ts';

const MAX_NAME = 200;
const MAX_EXTENSION = 20;
// Control characters, line and paragraph separators, what Unicode has no characters at; and what file systems
// give a meaning to.
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}<>:"|?*]/gu;
const SOFT_HYPHEN = '\u00ad';

/**
 * Makes of what a client calls a file a name that is safe to show and to save: one path segment of 1 to 200
 * characters, without control characters and leading dots. Direction controls, which make "gpj.exe" look like
 * "exe.jpg", go with the other characters that are never shown; joiners that belong to words and emoji stay,
 * and soft hyphens. An extension of sensible length survives the cut.
 */
export function sanitiseName(given: string | undefined): string {
  // Nobody needs more to find a name; a huge one would cost time in the steps below.
  const segment = (given ?? '').slice(-4096).split(/[\\/]/).at(-1) ?? '';
  const clean = segment
    .toWellFormed()
    .normalize('NFC')
    .replace(FORBIDDEN, '')
    .split(SOFT_HYPHEN)
    .map(dropUnshown)
    .join(SOFT_HYPHEN)
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^[. ]+/, '');
  if (isBlank(clean)) return 'file';
  if (codePointCount(clean) <= MAX_NAME) return clean;
  const dot = clean.lastIndexOf('.');
  const extension = dot > 0 && codePointCount(clean.slice(dot)) <= MAX_EXTENSION ? clean.slice(dot) : '';
  const room = MAX_NAME - codePointCount(extension);
  return cut(clean, { characters: room, codePoints: room }) + extension;
}

/** What a download of this variant is called: the file's own name, or that of a WebP picture. */
export function downloadName(file: StoredFile, variant: VariantName): string {
  if (variant === 'original') return file.name;
  return `${file.name.replace(/\.[^.]*$/, '')}-${variant}.webp`;
}
