import { toText } from '../base/json.ts';
import { HttpError } from './refusals.ts';

// The `content-disposition` of a form's part, `form-data; name="0"; filename="a.png"`. Browsers, curl,
// Postman and libraries each write it in a way of their own.

export interface PartHead {
  name: string;
  /** Undefined if missing or empty. */
  filename: string | undefined;
}

/**
 * Parses a `content-disposition` in latin1, one character per byte. Returns null if it is not of a form's
 * part. Keeps only the last segment of a path.
 * @throws HttpError 400 for a name that is not UTF-8
 */
export function readDisposition(value: string): PartHead | null {
  const parameters = readParameters(value);
  const name = parameters?.get('name');
  if (!parameters || name === undefined || !/^form-data\s*;/i.test(value)) return null;
  const extended = parameters.get('filename*');
  const filename = (extended && decodeExtended(extended)) ?? decodeForm(parameters.get('filename') ?? '');
  return { name: fromBytes(name), filename: filename === '' ? undefined : lastNameOf(filename) };
}

/** Writes the `content-disposition` of a file. `readDisposition` reads the same name back. */
export function writeDisposition(name: string, filename: string): string {
  const form = filename.replace(/["\r\n]/g, (character) => FORM_ESCAPES[character] as string);
  const isExact = !/["\r\n%\\]/.test(filename);
  return `form-data; name="${name}"; filename="${form}"${isExact ? '' : `; filename*=UTF-8''${encodeURIComponent(filename)}`}`;
}

/** The escapes of HTML forms: these three, and no others. */
const FORM_ESCAPES: Record<string, string> = { '"': '%22', '\r': '%0D', '\n': '%0A' };

function decodeForm(bytes: string): string {
  return fromBytes(bytes).replace(/%(22|0D|0A)/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Decodes `UTF-8''%E4%BD%A0.txt` (RFC 8187). Undefined if the syntax or the charset does not fit. */
function decodeExtended(text: string): string | undefined {
  const [, charset, escaped] = /^([\w.:-]+)'[^']*'(.*)$/s.exec(text) ?? [];
  if (charset === undefined || escaped === undefined) return undefined;
  const bytes = escaped.replace(/%([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return undefined;
  }
}

function fromBytes(bytes: string): string {
  try {
    return toText(Buffer.from(bytes, 'latin1'));
  } catch {
    throw new HttpError(400, 'BAD_REQUEST', 'The name of a file or of a part is not UTF-8.');
  }
}

function lastNameOf(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return name === '.' || name === '..' ? '' : name;
}

/**
 * Parses the parameters after the first semicolon, keyed by their names in lower case. The first of a name
 * counts. Returns null on a syntax error.
 */
function readParameters(text: string): Map<string, string> | null {
  const found = new Map<string, string>();
  const begin = /\s*;\s*([^\s=;"]+)\s*=\s*/y;
  let at = text.indexOf(';');
  while (at >= 0 && at < text.length) {
    begin.lastIndex = at;
    const name = begin.exec(text)?.[1]?.toLowerCase();
    if (name === undefined) return /^[\s;]*$/.test(text.slice(at)) ? found : null;
    at = begin.lastIndex;
    const isQuoted = text[at] === '"';
    const end = isQuoted ? closingQuote(text, at + 1) : endOfToken(text, at);
    if (end < 0) return null;
    const raw = isQuoted ? text.slice(at + 1, end).replace(/\\([\\"])/g, '$1') : text.slice(at, end).trimEnd();
    if (!found.has(name)) found.set(name, raw);
    at = isQuoted ? end + 1 : end;
  }
  return found;
}

function endOfToken(text: string, begin: number): number {
  const end = text.indexOf(';', begin);
  return end < 0 ? text.length : end;
}

/**
 * The index of the closing quote. curl escapes a quote by a backslash. Browsers do not, so a name of theirs
 * may end with a backslash before the very last quote.
 */
function closingQuote(text: string, begin: number): number {
  let last = -1;
  for (let at = text.indexOf('"', begin); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (at - 1 - backslashes >= begin && text[at - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return at;
    last = at;
  }
  return last;
}
