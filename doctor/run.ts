import { within } from '../kit/base/pause.ts';
import { type Check, type Found, failing, skipped } from './check.ts';
import { NothingToLookAt, type World } from './world.ts';

export interface Finding extends Found {
  id: string;
}

/** How long one check may take, in ms. */
const PATIENCE = 30_000;

/**
 * Runs all checks side by side, each after those that it needs; one of these that fails or is skipped has it
 * skipped. Findings come in the order of the table.
 */
export async function runChecks(checks: readonly Check[], world: World): Promise<Finding[]> {
  const results = new Map<string, Promise<readonly Found[]>>();
  for (const check of checks) results.set(check.id, runOne(check));
  const all = await Promise.all(
    checks.map(async ({ id }) => (await results.get(id))?.map((found) => ({ id, ...found }))),
  );
  return all.flatMap((found) => found ?? []);

  async function runOne(check: Check): Promise<readonly Found[]> {
    for (const id of check.needs ?? []) {
      const found = await results.get(id);
      if (!found) throw new Error(`${check.id} needs ${id}, which is not above it in the table.`);
      if (!found.some(({ status }) => status === 'ok' || status === 'warning'))
        return [{ ...skipped(`Not looked at: see ${id}.`), because: id }];
    }
    try {
      const found = await within(PATIENCE, check.look(world));
      return [found].flat();
    } catch (error) {
      if (error instanceof NothingToLookAt) return [skipped(error.message)];
      return [failing(`The check itself failed: ${(error as Error).message}`, 'this program')];
    }
  }
}
