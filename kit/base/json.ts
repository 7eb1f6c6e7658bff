import { isUtf8 } from 'node:buffer';

/**
 * How deep JSON may be nested: no operation needs a tenth of it, and whoever walks through its values must
 * not run out of stack.
 */
const MAX_DEPTH = 100;
/**
 * How many fields one object may have: the parser takes ten times as long for a name that it has not seen.
 */
const MAX_FIELDS = 5_000;

/**
 * Decodes bytes from outside as UTF-8. Bytes in another charset would each become U+FFFD, be stored so, and
 * be lost.
 * @throws Error that says what is wrong
 */
export function toText(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new Error('It is not UTF-8.');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

const BYTE_ORDER_MARK = 0xfeff;
/** Half a surrogate pair, as JSON can escape it; whole pairs look like this too. */
const ESCAPED_SURROGATE = /\\u[dD][89a-fA-F]/;

/**
 * Reads JSON of an untrusted sender. A megabyte of brackets takes the parser a fifth of a second, in which
 * nobody else is served, so a scan looks for that first: some milliseconds for a megabyte. Skips a byte order
 * mark, which editors and some clients write.
 * @throws Error that says what is wrong with it
 */
export function readJson(given: string): unknown {
  const text = given.charCodeAt(0) === BYTE_ORDER_MARK ? given.slice(1) : given;
  checkShape(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('That is not JSON.');
  }
  // Half a pair is no character: it would be stored as U+FFFD.
  if (ESCAPED_SURROGATE.test(text) && !isWellFormed(value)) throw new Error('A text in it has half a surrogate pair.');
  return value;
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isWellFormed);
  return Object.entries(value).every(([name, item]) => name.isWellFormed() && isWellFormed(item));
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const COLON = 0x3a;

/** @throws Error where it is nested too deeply, or an object has too many fields */
function checkShape(text: string): void {
  /** Number of fields of each open object or array. */
  const fields = [0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === 0x5b || code === 0x7b) {
      fields.push(0);
      if (fields.length > MAX_DEPTH + 1) throw new Error('The JSON is nested too deeply.');
    } else if (code === 0x5d || code === 0x7d) {
      if (fields.length > 1) fields.pop();
    } else if (code === COLON) {
      const count = (fields[fields.length - 1] as number) + 1;
      fields[fields.length - 1] = count;
      if (count > MAX_FIELDS) throw new Error(`An object in the JSON has more than ${MAX_FIELDS} fields.`);
    }
  }
}

/** Index of the next quote that is not escaped, which ends the string. */
function endOfString(text: string, begin: number): number {
  for (let end = text.indexOf('"', begin + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}
