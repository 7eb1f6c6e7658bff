/**
 * Bytes as a string that has one character for each, which is how a socket takes them at the least cost: it
 * copies them once, in its own code, and a frame that is a shared body between a head and a tail needs no
 * memory of its own before that. JSON that is ASCII alone is already so. UTF-8 can be read, put together and
 * written as JSON in this form without being decoded: what JSON looks at is ASCII, and the rest goes through
 * as it came.
 */
export type Bytes = string & { readonly isBytes: true };

/** The UTF-8 of a text, or a text that is UTF-8 already. */
export function toBytes(text: string | Buffer): Bytes {
  if (typeof text !== 'string') return text.toString('latin1') as Bytes;
  return (Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1')) as Bytes;
}

const NOT_ASCII = /[\x80-\xff]/;

/** The text whose UTF-8 these bytes are. */
export function fromBytes(bytes: Bytes): string {
  return NOT_ASCII.test(bytes) ? Buffer.from(bytes, 'latin1').toString() : bytes;
}

/** The bytes as JSON, with each string in it in the same form. */
export function parseBytes(json: Buffer): unknown {
  // What is written as \u00e9 would become one character instead of its two bytes. JSON.stringify writes so
  // only what is no text without it.
  const isPlain = !json.includes('\\u');
  return JSON.parse(isPlain ? toBytes(json) : toBytes(JSON.stringify(JSON.parse(json.toString()))));
}

/** A value that JSON can say, with each string in it as bytes; or the other way round. */
export function encode<T>(value: T): T {
  return JSON.parse(toBytes(JSON.stringify(value)));
}
export function decode<T>(value: T): T {
  return JSON.parse(fromBytes(JSON.stringify(value) as Bytes));
}
