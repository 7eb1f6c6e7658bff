/** A value that Redis sent (RESP3): a string, a number, nothing, a refusal, or several of them. */
export type Reply = string | number | null | Refusal | Reply[];

/** An error reply. Not thrown, so it needs no stack: there can be one for every command of a burst. */
export class Refusal {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** A command as Redis reads it. */
export function encode(...parts: string[]): string {
  let text = `*${parts.length}\r\n`;
  for (const part of parts) text += `$${Buffer.byteLength(part)}\r\n${part}\r\n`;
  return text;
}

const INCOMPLETE = Symbol('incomplete');
const CR = 0x0d;
const code = (character: string) => character.charCodeAt(0);
const [PUSH, ARRAY, SET, MAP, BULK, VERBATIM] = ['>', '*', '~', '%', '$', '='].map(code);
const [NUMBER, ERROR, NULL] = [':', '-', '_'].map(code);

/**
 * Takes what a connection brings, in whatever pieces, and gives the values in it. Pushes are told apart: they
 * answer no command.
 */
export class ReplyReader {
  #data: Buffer = Buffer.alloc(0);
  #at = 0;
  readonly #onReply: (reply: Reply) => void;
  readonly #onPush: (push: Reply[]) => void;

  constructor(onReply: (reply: Reply) => void, onPush: (push: Reply[]) => void) {
    this.#onReply = onReply;
    this.#onPush = onPush;
  }

  write(chunk: Buffer): void {
    this.#data = this.#data.length > 0 ? Buffer.concat([this.#data, chunk]) : chunk;
    this.#at = 0;
    while (this.#at < this.#data.length) {
      const start = this.#at;
      const isPush = this.#data[start] === PUSH;
      const value = this.#next();
      if (value === INCOMPLETE) {
        this.#at = start;
        break;
      }
      if (isPush) this.#onPush(value as Reply[]);
      else this.#onReply(value);
    }
    this.#data = this.#data.subarray(this.#at);
  }

  #next(): Reply | typeof INCOMPLETE {
    const type = this.#data[this.#at];
    const from = this.#at + 1;
    const end = this.#data.indexOf(CR, from);
    if (end === -1 || end + 1 >= this.#data.length) return INCOMPLETE;
    this.#at = end + 2;
    switch (type) {
      case PUSH:
      case ARRAY:
      case SET:
        return this.#several(this.#number(from, end));
      case MAP:
        return this.#several(2 * this.#number(from, end));
      case BULK:
      case VERBATIM:
        return this.#bulk(this.#number(from, end));
      case NUMBER:
        return this.#number(from, end);
      case NULL:
        return null;
      case ERROR:
        return new Refusal(this.#data.toString('utf8', from, end));
      default:
        return this.#data.toString('utf8', from, end);
    }
  }

  #several(count: number): Reply[] | typeof INCOMPLETE {
    const values: Reply[] = [];
    for (let i = 0; i < count; i += 1) {
      const value = this.#next();
      if (value === INCOMPLETE) return INCOMPLETE;
      values.push(value);
    }
    return values;
  }

  #bulk(length: number): string | null | typeof INCOMPLETE {
    if (length < 0) return null;
    const from = this.#at;
    if (from + length + 2 > this.#data.length) return INCOMPLETE;
    this.#at = from + length + 2;
    return this.#data.toString('utf8', from, from + length);
  }

  #number(from: number, end: number): number {
    const isNegative = this.#data[from] === 0x2d;
    let value = 0;
    for (let i = isNegative ? from + 1 : from; i < end; i += 1) value = value * 10 + (this.#data[i] as number) - 48;
    return isNegative ? -value : value;
  }
}
