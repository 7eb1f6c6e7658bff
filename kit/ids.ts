import { v7, validate } from 'uuid';

/** A new id: UUIDv7 (RFC 9562), lower case; ids sort by the millisecond they were made in. The same string in MySQL and GraphQL. */
export function newId(): string {
  return v7();
}

/** Whether the text has the form of an id. Says nothing about whether such a thing exists. */
export function isId(text: string): boolean {
  return text.length === 36 && validate(text);
}
