import { networkInterfaces } from 'node:os';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { host } from '../../kit/base/environment.ts';
import { StartupError } from '../../kit/base/errors.ts';

const port = z.coerce.number('must be a number').int('must be a whole number').min(1).max(65535);
const firstPort = port.max(65531, 'leaves no room for five ports');
const word = z.string().regex(/^[a-z][a-z0-9-]*$/, 'may hold a-z, 0-9 and -, and begins with a letter');
const ipv4OrName = host.refine((text) => !/^(127\.|localhost$|0\.0\.0\.0$)/.test(text), {
  message: 'must be an address that other machines and containers reach, not loopback',
});

/** What a deployment can choose. Each name is an option: `firstPort` is `--first-port`. */
const shape = {
  host: ipv4OrName,
  network: z.enum(['host', 'bridge'], 'must be host or bridge').default('host'),
  name: word.optional(),
  firstPort: firstPort.default(8000),
  httpPort: port.default(80),
  certificates: z.string().startsWith('/', 'must be the absolute path of a folder').optional(),
  publicUrl: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  mysqlHost: ipv4OrName.optional(),
  mysqlPort: port.default(3306),
  redisHost: ipv4OrName.optional(),
  redisPort: port.default(6379),
  etcdServer: z
    .string()
    .regex(/^https?:\/\/[^\s/]+:\d+(,https?:\/\/[^\s/]+:\d+)*$/, 'must be http://host:port, or several with commas')
    .optional(),
  etcdPort: port.default(1900),
};

/** What each folder's `.env` holds: Compose reads it, and an operator changes it to update or roll back. */
const imageShape = {
  image: z
    .string()
    .regex(/^[\w./:-]+$/, 'must be the name of an image')
    .default('beaver-im'),
  tag: z
    .string()
    .regex(/^[\w][\w.-]{0,127}$/, 'must be the tag of an image')
    .default('latest'),
  pull: z.enum(['always', 'missing', 'never'], 'must be always, missing or never').default('missing'),
};

const schema = z.object({ ...shape, ...imageShape });

export type Options = z.output<typeof schema>;

export interface Request {
  target: string;
  options: Options;
  /** Whether the command line names the image, its tag or how it is pulled. */
  choosesImage: boolean;
  /** The options to keep for the next run: as they were given, without defaults. */
  given: Record<string, string>;
}

export const toFlag = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const NAMES = Object.keys(schema.shape);

export const USAGE = `npm run deploy -- --target <folder> [options]

${['target', ...NAMES].map((name) => `  ${toFlag(name)} <value>`).join('\n')}

docs/deploy.md says what they mean. Options of an earlier run into the same folder are kept.`;

/** The folder of the command line, and what it says beside that. @throws StartupError */
export function parseCommandLine(parameters: string[]): { target: string; given: Record<string, string> } {
  const flags = ['target', ...NAMES].map((name) => [toFlag(name).slice(2), { type: 'string' as const }]);
  let values: Record<string, string | undefined>;
  try {
    values = parseArgs({ args: parameters, options: Object.fromEntries(flags) }).values as typeof values;
  } catch (error) {
    // Its first sentence names the option; the rest is about positional arguments.
    throw new StartupError(`${(error as Error).message.split('. ')[0]}.\n\n${USAGE}`);
  }
  const given = Object.fromEntries(
    NAMES.map((name) => [name, values[toFlag(name).slice(2)]]).filter(([, value]) => value !== undefined),
  ) as Record<string, string>;
  return { target: values.target || '/mnt', given };
}

/** Combines what is given now with what was given before. @throws StartupError with all faults */
export function readOptions(target: string, given: Record<string, string>, before: Record<string, string>): Request {
  const all = { ...before, ...given };
  if (all.host === undefined) {
    const found = ownAddress();
    if (found === undefined) throw new StartupError('This machine has no address that others reach: give --host.');
    all.host = found;
  }
  const result = schema.safeParse(all);
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `${toFlag(String(issue.path[0]))} ${issue.message}`);
    throw new StartupError(`${[...new Set(faults)].join('; ')}.`);
  }
  const options = result.data;
  const ports = portsOf(options);
  const twice = Object.entries(ports).filter(([, one]) => Object.values(ports).filter((two) => one === two).length > 1);
  if (twice.length > 0) throw new StartupError(`These would share a port: ${twice.map(([name]) => name).join(', ')}.`);
  return { target, options, choosesImage: Object.keys(given).some((name) => name in imageShape), given: all };
}

/** The ports of the host that the deployment takes. */
function portsOf(options: Options): Record<string, number> {
  return {
    ...Object.fromEntries([0, 1, 2, 3, 4].map((n) => [`port ${n} from --first-port`, options.firstPort + n])),
    '--http-port': options.httpPort,
    ...(options.mysqlHost ? {} : { '--mysql-port': options.mysqlPort }),
    ...(options.redisHost ? {} : { '--redis-port': options.redisPort }),
    ...(options.etcdServer ? {} : { '--etcd-port': options.etcdPort }),
  };
}

function ownAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)?.address;
}
