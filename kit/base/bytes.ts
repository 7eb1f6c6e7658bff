/**
 * Bytes as a string with one character per byte, the form that a socket writes at the least cost: it copies
 * them once, in native code, and a frame of a shared body between a head and a tail needs no memory of its
 * own before that. ASCII JSON has this form already. UTF-8 JSON can be read, joined and written in this form
 * without decoding: JSON syntax is ASCII, and all other bytes pass through.
 */
export type Bytes = string & { readonly isBytes: true };

/** Encodes a text as UTF-8, or takes a buffer of UTF-8 as it is. */
export function toBytes(text: string | Buffer): Bytes {
  if (typeof text !== 'string') return text.toString('latin1') as Bytes;
  return (Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1')) as Bytes;
}

const NOT_ASCII = /[\x80-\xff]/;

/** Decodes UTF-8 into a text. */
export function fromBytes(bytes: Bytes): string {
  return NOT_ASCII.test(bytes) ? Buffer.from(bytes, 'latin1').toString() : bytes;
}

/** Parses JSON; strings in it stay bytes. */
export function parseBytes(json: Buffer): unknown {
  // An escape such as \u00e9 would become one character instead of two bytes. JSON.stringify writes escapes
  // only for lone surrogates and control characters.
  const isPlain = !json.includes('\\u');
  return JSON.parse(isPlain ? toBytes(json) : toBytes(JSON.stringify(JSON.parse(json.toString()))));
}

/** Converts each string in a JSON value to bytes, or back. */
export function encode<T>(value: T): T {
  return JSON.parse(toBytes(JSON.stringify(value)));
}
export function decode<T>(value: T): T {
  return JSON.parse(fromBytes(JSON.stringify(value) as Bytes));
}
