/*
 * How users are found by name: for each, a few terms are stored; a search is one range over the terms that begin with its text. Word beginnings are
 * terms of their own, because people look for a surname, and for a Chinese name by the given name, where no space says where a word begins.
 */

/** The longest term, in characters; the same as the column. Both sides are cut here, so a longer text is found by its beginning. */
const MAX_TERM = 64;

/** Scripts that are written without spaces: every character may begin a word. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const BEGINS_WORD = /[\p{L}\p{N}\p{S}]/u;
const INSIDE_WORD = /[\p{L}\p{N}\p{M}]/u;

/**
 * The form in which texts are compared: no difference between capitals and small letters, full and half width, or kinds of white space.
 * Letter by letter, upper case first: so ß is ss, and a Greek sigma is the same at the end of a word as before more of it.
 */
export function fold(text: string): string {
  const folded = Array.from(text.normalize('NFKC'), (character) => character.toUpperCase().toLowerCase()).join('');
  return cut([...folded.replace(/\s+/gu, ' ').trim()]);
}

/** The distinct terms by whose beginning a user is found: the user name, and the name from each of its words on. */
export function searchTerms(userName: string, name: string): string[] {
  const characters = [...fold(name)];
  const beginnings = characters.flatMap((character, i) => (beginsWord(characters[i - 1], character) ? [i] : []));
  return [...new Set([fold(userName), ...beginnings.map((i) => cut(characters.slice(i)))])];
}

function beginsWord(before: string | undefined, character: string): boolean {
  if (before === undefined || UNSPACED.test(character)) return true;
  return BEGINS_WORD.test(character) && (!INSIDE_WORD.test(before) || UNSPACED.test(before));
}

function cut(characters: string[]): string {
  return characters.slice(0, MAX_TERM).join('').trimEnd();
}
