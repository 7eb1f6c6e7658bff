import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StartupError } from '../../../kit/base/errors.ts';
import type { Viewer } from '../../../kit/identity/caller.ts';
import type { Log } from '../../../kit/observe/log.ts';
import type { Policies } from './rules.ts';

/**
 * What the module that `GATEWAY_POLICIES` names exports by default: whether a viewer, or nobody, meets the
 * policy of that name.
 */
export type PolicyTable = Readonly<Record<string, (viewer: Viewer | null) => boolean>>;

/**
 * The policies of those who run the gateway. A policy that the table does not have, that throws, or that says
 * anything but `true` lets nobody in.
 * @throws StartupError where the module is none: a gateway that was meant to know policies must not start
 * without them
 */
export async function loadPolicies(path: string | undefined, log: Log): Promise<Policies> {
  if (path === undefined) return () => false;
  const table = await load(path);
  return (name, viewer) => {
    const policy = table.get(name);
    try {
      return policy?.(viewer) === true;
    } catch (error) {
      log.error({ err: error, policy: name }, 'a policy failed, and so is not met');
      return false;
    }
  };
}

async function load(path: string): Promise<ReadonlyMap<string, (viewer: Viewer | null) => unknown>> {
  const fault = (what: string) => new StartupError(`GATEWAY_POLICIES: ${what}. README.md says what it names.`);
  let table: unknown;
  try {
    table = (await import(pathToFileURL(resolve(path)).href)).default;
  } catch (error) {
    throw fault(`${path} cannot be loaded: ${(error as Error).message}`);
  }
  const entries = Object.entries(table ?? {});
  const odd = entries.find(([, policy]) => typeof policy !== 'function')?.[0];
  if (entries.length === 0) throw fault(`${path} exports no policies by default`);
  if (odd !== undefined) throw fault(`the policy ${odd} of ${path} is no function`);
  return new Map(entries);
}
