import { z } from 'zod';
import { type InputFault, InvalidInput } from './errors.ts';
import { ID_TYPES, type IdType, typeOf } from './ids.ts';
import { cleanLabel, cleanText, cut, fits, isBlank, labelLimit, type TextLimit, textLimit } from './text.ts';

/**
 * Faults reported of one input: a form shows all of its own, and a list of a thousand bad ids is one mistake.
 */
const MAX_FAULTS = 20;

/**
 * Checks and normalises an input.
 * @throws InvalidInput with the values that break a rule, each once with its path
 */
export function parseInput<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const faults = new Map<string, InputFault>();
  for (const { path, message } of result.error.issues) {
    const field = path.join('.') || 'input';
    if (!faults.has(field) && faults.size < MAX_FAULTS) faults.set(field, { field, message });
  }
  const [first] = faults.values();
  const { field, message } = first ?? { field: 'input', message: 'The value is not allowed.' };
  throw new InvalidInput(field, message, [...faults.values()]);
}

/**
 * A label of up to `max` characters that shows something, cleaned as kit/base/text.ts says. `name` starts the
 * messages: "The title".
 */
export function label(name: string, max: number) {
  return typed(name, labelLimit(max), cleanLabel, `${name} must have 1 to ${max} characters.`).refine(
    (value) => !isBlank(value),
    `${name} must have at least one visible character.`,
  );
}

/**
 * A text of up to `max` characters, cleaned as kit/base/text.ts says. It may be blank. `name` starts the
 * messages: "The caption".
 */
export function text(name: string, max: number) {
  return typed(name, textLimit(max), cleanText, `${name} must have at most ${max} characters.`);
}

/** An optional text. A blank one is null; undefined where the field is absent. */
export function optionalText(name: string, max: number) {
  return text(name, max)
    .transform((value) => (isBlank(value) ? null : value))
    .nullish();
}

/**
 * An optional value of any other kind. Some clients cannot omit a field and send an empty string: it counts
 * as null.
 */
export function optional<T extends z.ZodType<unknown, string>>(schema: T) {
  return z
    .string()
    .transform((value) => (isBlank(value) ? null : value))
    .pipe(schema.nullable())
    .nullish();
}

/**
 * A label that programs make, such as the name of a device: cut to `max` characters and never refused. Null
 * where it shows nothing.
 */
export function cutLabel(max: number) {
  const limit = labelLimit(max);
  return z
    .string()
    .transform((value) => {
      const line = cut(cleanLabel(value.slice(0, limit.codePoints * 4).toWellFormed()), limit).trimEnd();
      return isBlank(line) ? null : line;
    })
    .nullish();
}

/** An id that a client makes, so that a retry is known. `name` starts the message: "The clientMessageId". */
export function clientId(name: string) {
  return z.string().regex(CLIENT_ID, `${name} must have 1 to 64 of the characters A-Z a-z 0-9 _ - : .`);
}

const CLIENT_ID = /^[A-Za-z0-9_\-:.]{1,64}$/;

/** An id of one type. `name` starts the message: "The conversation id". */
export function id(type: IdType, name: string) {
  return z.string().superRefine((value, context) => {
    const fault = faultOfId(type, value, name);
    if (fault) context.addIssue({ code: 'custom', message: fault });
  });
}

/** What is wrong with a text as an id of one type; null for nothing. For lists too long for zod. */
export function faultOfId(type: IdType, value: string, name: string): string | null {
  const found = typeOf(value);
  if (found === null) return `${name} is not an id of this system.`;
  return found === type ? null : otherType(name, type, found);
}

/**
 * The id that a field looks something up by. A text that isn't an id is as the id of nothing, so it comes
 * back as it is.
 * @throws InvalidInput where it is the id of something else, which is a mistake in the client's code
 */
export function lookupId(type: IdType, value: string, field = 'id'): string {
  const found = typeOf(value);
  if (found !== null && found !== type) throw new InvalidInput(field, otherType('The id', type, found));
  return value;
}

function otherType(name: string, wanted: IdType, found: IdType): string {
  return `${name} must be of a ${ID_TYPES[wanted]} (${wanted}_…). This is the id of a ${ID_TYPES[found]}.`;
}

/**
 * What is removed on cleaning may be as much again as what is kept; a longer string is too long without a
 * look at it.
 */
function typed(name: string, limit: TextLimit, clean: (value: string) => string, tooLong: string) {
  return z.string(`${name} must be text.`).transform((value, context) => {
    const refuse = (message: string) => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    if (value.length > limit.codePoints * 4) return refuse(tooLong);
    if (!value.isWellFormed()) return refuse(`${name} contains half a character. Send it again in whole characters.`);
    const cleaned = clean(value);
    return fits(cleaned, limit) ? cleaned : refuse(tooLong);
  });
}
