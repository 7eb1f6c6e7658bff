import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { StartupError } from './errors.ts';

/*
 * How variables of the environment are read: the kinds of values that several have, and what is wrong with
 * all of them at once.
 */

/** A TCP port; 0 asks the system for a free one. */
export const port = (fallback?: number) => {
  const schema = z
    .string()
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65535, 'must be a port: a whole number from 0 to 65535')
    .transform(Number);
  return fallback === undefined ? schema : schema.default(fallback);
};

/** A host by name or address. */
export const host = z
  .string()
  .regex(/^(?!.*:\/\/)(?![^:]*:\d+$)[^\s/]+$/, 'must be the name or address of a host, without a scheme and a port');

/** Values with commas between them. `isValid` looks at each; `rule` says what each must be. */
export const listOf = (rule: string, isValid: (entry: string) => boolean = () => true) =>
  z
    .string()
    .transform((text) => text.split(',').map((entry) => entry.trim()))
    .refine((entries) => !entries.includes(''), 'has an empty entry')
    .refine((entries) => entries.every((entry) => entry === '' || isValid(entry)), rule);

/** Variables of processes that take uploads: the lowest speed of one. */
export const pace = {
  UPLOAD_MIN_BYTES_PER_SECOND: z.coerce.number().int().positive().default(1_000),
  UPLOAD_WINDOW_MS: z.coerce.number().int().positive().default(30_000),
};

/** Faults of variables: each names the variable and its rule, never its value. */
export class ConfigurationError extends StartupError {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The configuration is not complete. ${faults.join('; ')}. README.md lists the variables.`);
    this.faults = faults;
  }
}

/** The names of all variables that were read in this process. */
export const knownVariables = new Set<string>();

/** Whether a variable, or the file of a secret, is set to something. */
export function isSet(name: string, environment: NodeJS.ProcessEnv): boolean {
  const file = isSecret(name) ? environment[`${name}_FILE`] : undefined;
  return cleaned(name, environment[name] ?? '') !== '' || Boolean(file?.trim());
}

/**
 * Reads a set of variables. All faults are reported together, each by the variable's name; nothing else reads
 * the environment.
 * @throws ConfigurationError
 */
export function readEnvironment<S extends z.ZodRawShape>(
  shape: S,
  environment = process.env,
): z.output<z.ZodObject<S>> {
  for (const name of Object.keys(shape)) knownVariables.add(name);
  const given = Object.fromEntries(
    Object.entries(environment)
      .map(([name, value = '']) => [name, cleaned(name, value)] as const)
      // A variable that is set but empty counts as not set: that is what `NAME= ` in a compose file means.
      .filter(([, value]) => value !== ''),
  );
  const fromFiles = readSecretFiles(Object.keys(shape), environment, given);
  const result = z.object(shape).safeParse(given);
  if (result.success && fromFiles.size === 0) return result.data as z.output<z.ZodObject<S>>;
  const issues = (result.error?.issues ?? []).filter(({ path }) => !fromFiles.has(path.join('.')));
  const faults = issues.map((issue) => {
    const name = issue.path.join('.');
    if (given[name] === undefined) return `${name} is not set`;
    return `${name} ${issue.code === 'invalid_type' && issue.expected === 'number' ? 'must be a number' : issue.message}`;
  });
  throw new ConfigurationError([...fromFiles.values(), ...faults]);
}

/**
 * Adds the secrets of files to `given`: NAME_FILE is the path of a file that holds NAME. Returns faults by
 * name.
 */
function readSecretFiles(
  names: readonly string[],
  environment: NodeJS.ProcessEnv,
  given: Record<string, string>,
): Map<string, string> {
  const faults = new Map<string, string>();
  for (const name of names.filter(isSecret)) {
    const path = environment[`${name}_FILE`]?.trim();
    if (!path) continue;
    if (given[name] !== undefined) faults.set(name, `${name}_FILE is set beside ${name}: set one of the two`);
    else
      try {
        given[name] = cleaned(name, readFileSync(path, 'utf8').replace(/\r?\n$/, ''));
      } catch (error) {
        faults.set(name, `${name}_FILE names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`);
      }
  }
  return faults;
}

/** Whether the value of a variable is a secret, which can be a file. */
export function isSecret(name: string): boolean {
  return /_(PASSWORD|SECRET)$/.test(name);
}

/**
 * Lines of a file that was written on Windows end in a carriage return. Blanks around a value are never
 * meant, but a password may have some.
 */
function cleaned(name: string, value: string): string {
  return name.endsWith('_PASSWORD') ? value.replace(/\r$/, '') : value.trim();
}

/**
 * Combines the results of several readers of parts of the configuration.
 * @throws ConfigurationError with the faults of all of them
 */
export function readTogether<Parts extends unknown[]>(...readers: { [Part in keyof Parts]: () => Parts[Part] }): Parts {
  const faults = new Set<string>();
  const parts = readers.map((read) => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof StartupError)) throw error;
      const found = error instanceof ConfigurationError ? error.faults : [error.message.replace(/\.$/, '')];
      for (const fault of found) faults.add(fault);
      return undefined;
    }
  });
  if (faults.size > 0) throw new ConfigurationError([...faults]);
  return parts as Parts;
}
