import { z } from 'zod';
import { InvalidInput } from './errors.ts';
import { isId } from './ids.ts';

/** Checks and normalises an input. Throws InvalidInput for the first value that breaks a rule, with its path. */
export function parseInput<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new InvalidInput(issue?.path.join('.') || 'input', issue?.message ?? 'The value is not allowed.');
}

/** Unicode code points, which is how people count characters and how MySQL counts VARCHAR. */
export function characterCount(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

// NUL and the other control characters have no place in what people write; half a surrogate pair cannot be stored as UTF-8.
const CONTROL = /[^\P{Cc}\t\n\r]/u;

/** Whether text can be kept: well-formed, without control characters other than tab and line ends. */
export function isStorable(value: string): boolean {
  return value.isWellFormed() && !CONTROL.test(value);
}

/** Text of `min` to `max` characters (code points) after trimming, without control characters. `label` starts the message: "The name". */
export function text(label: string, min: number, max: number) {
  return z
    .string(`${label} must be text.`)
    .trim()
    .refine(isStorable, `${label} contains characters that cannot be stored.`)
    .refine(
      (value) => {
        // A string longer than 2 × max code units is too long whatever it holds: do not walk a huge one.
        if (value.length > max * 2) return false;
        const count = characterCount(value);
        return count >= min && count <= max;
      },
      min > 0 ? `${label} must have ${min} to ${max} characters.` : `${label} must have at most ${max} characters.`,
    );
}

/** An id. `label` starts the message: "The conversation id". */
export function id(label: string) {
  return z.string().refine(isId, `${label} is not an id of this system.`);
}
