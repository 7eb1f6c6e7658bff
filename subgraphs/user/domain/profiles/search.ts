import { dropUnshown } from '../../../../kit/base/text.ts';

/*
 * How users are found by name: for each, a few terms are stored; a search is one range over the terms that
 * begin with its text. Word beginnings are terms of their own, because people look for a surname, and for a
 * Chinese name by the given name, where no space says where a word begins.
 *
 * Names and search texts are compared in a folded form, which keeps what readers look for and drops what they
 * overlook: capitals, width and other compatibility forms, diacritics of Latin, Greek and Cyrillic letters,
 * vowel points of Hebrew and Arabic, the two ways to write yeh and kaf, kinds of spaces, hyphens and
 * apostrophes, and characters that are never shown. So jose finds José and федор finds Фёдор. Marks of other
 * scripts stay, as in が and in Thai or Indic vowels: without them it would be another syllable.
 */

/**
 * Number of these rules. Raise it with every change of the terms: the terms of existing profiles are then
 * made anew (search-terms.ts).
 */
export const TERMS_VERSION = 1;

/**
 * The longest term, in characters; the same as the column. Both sides are cut here, so a longer text is found
 * by its beginning.
 */
const MAX_TERM = 64;

/** Letters of scripts that are written without spaces: every one may begin a word. */
const UNSPACED =
  /[\p{L}&&[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]]/v;
const BEGINS_WORD = /[\p{L}\p{N}\p{S}]/u;
const INSIDE_WORD = /[\p{L}\p{N}\p{M}]/u;

/** Marks that readers may leave out. The voicing marks of kana belong to no script either, but が is not か. */
const DIACRITICS =
  /[[[\p{Mn}\p{Me}]&&[\p{Script=Inherited}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}]]--[\u3099\u309A]]/gv;
/** Characters that are never shown, but for the joiner that parts the words of a Persian name. */
const UNSHOWN = /[\p{Default_Ignorable_Code_Point}--\u200C]/gv;
const WORD_JOINER = /\u200C/g;

/**
 * Characters that Unicode takes for letters of their own, and readers for a form of another one. In small
 * letters.
 */
const ALIKE: Record<string, string> = {
  ...{ ı: 'i', ø: 'o', đ: 'd', ð: 'd', ł: 'l', ħ: 'h', ŧ: 't', þ: 'th', æ: 'ae', œ: 'oe', ĸ: 'k', ŋ: 'ng' },
  ...{ ی: 'ي', ى: 'ي', ک: 'ك', '’': "'", '‘': "'", ʼ: "'" },
};

/** The form in which texts are compared. It may be empty, where a text holds nothing that counts. */
export function fold(text: string): string {
  return cut([...foldWords(text).replace(WORD_JOINER, '')]);
}

/**
 * The distinct terms by whose beginning a user is found: the user name, and the name from each of its words
 * on.
 */
export function searchTerms(userName: string, name: string): string[] {
  const characters = [...foldWords(name)];
  const beginnings = characters.flatMap((character, i) => (beginsWord(characters[i - 1], character) ? [i] : []));
  const terms = beginnings.map((i) => cut([...characters.slice(i).join('').replace(WORD_JOINER, '')]));
  return [...new Set([fold(userName), ...terms])].filter((term) => term !== '');
}

/** Folds a text, with the joiners in it that part words. */
function foldWords(text: string): string {
  const bare = dropUnshown(text).normalize('NFKD').replace(DIACRITICS, '').replace(UNSHOWN, '');
  // Composed again at the end, so that a syllable of Hangul is one character, and no other syllable begins
  // with it.
  return Array.from(bare, foldCharacter)
    .join('')
    .normalize('NFC')
    .replace(/\p{Pd}/gu, '-')
    .replace(/\s+/gu, ' ')
    .trim();
}

/**
 * Small, capital, small: so ẞ and ß are ss, and a Greek sigma is the same at the end of a word as before more
 * of it.
 */
function foldCharacter(character: string): string {
  const small = character.toLowerCase().toUpperCase().toLowerCase();
  return ALIKE[small] ?? small;
}

function beginsWord(before: string | undefined, character: string): boolean {
  if (before === undefined || UNSPACED.test(character)) return true;
  return BEGINS_WORD.test(character) && (!INSIDE_WORD.test(before) || UNSPACED.test(before));
}

function cut(characters: string[]): string {
  return characters.slice(0, MAX_TERM).join('').trimEnd();
}
