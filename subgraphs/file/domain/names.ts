import type { StoredFile, VariantName } from './types.ts';

const MAX_NAME = 200;
const MAX_EXTENSION = 20;
// Control and format characters (among them those that turn the direction of writing round, which make "gpj.exe" look like "exe.jpg"), line and
// paragraph separators, unassigned and private ones; and what file systems give a meaning to.
const FORBIDDEN = /[\p{C}\p{Zl}\p{Zp}<>:"|?*]/gu;

/**
 * Makes of what a client calls a file a name that is safe to show and to save: one path segment of 1 to 200 characters, without control
 * characters and leading dots. An extension of sensible length survives the cut.
 */
export function sanitiseName(given: string | undefined): string {
  // Nobody needs more to find a name; a huge one would cost time in the steps below.
  const segment = (given ?? '').slice(-4096).split(/[\\/]/).at(-1) ?? '';
  const clean = segment
    .toWellFormed()
    .normalize('NFC')
    .replace(FORBIDDEN, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^[. ]+/, '');
  if (clean === '') return 'file';
  const characters = [...clean];
  if (characters.length <= MAX_NAME) return clean;
  const dot = characters.lastIndexOf('.');
  const extension = dot > 0 && characters.length - dot <= MAX_EXTENSION ? characters.slice(dot) : [];
  return [...characters.slice(0, MAX_NAME - extension.length), ...extension].join('');
}

/** What a download of this variant is called: the file's own name, or that of a WebP picture. */
export function downloadName(file: StoredFile, variant: VariantName): string {
  if (variant === 'original') return file.name;
  return `${file.name.replace(/\.[^.]*$/, '')}-${variant}.webp`;
}
