// `npm run work`: the durable work of all services, and what of it is dead. `npm run work -- retry user 42`
// has one piece of dead work tried again, `npm run work -- retry user tell-friends` all of that job. In a
// container: `node kit/work/program.ts`.
import { readMysqlConfig } from '../base/config.ts';
import { StartupError } from '../base/errors.ts';
import { type Database, openDatabase } from '../mysql/database.ts';
import { checkMysql } from '../service/preflight/mysql.ts';
import { servicesWithWork } from './services.ts';
import { createWorkTable } from './table.ts';

const USAGE = 'Usage: npm run work, or npm run work -- retry <service> <id of the work, or name of a job>';
/** Dead work that is listed of a service. */
const LISTED = 50;

async function list(database: Database): Promise<string> {
  const parts = (await servicesWithWork(database.sql)).map(async (service) => {
    const table = createWorkTable(service, database);
    const [{ due, oldestSeconds, dead }, rows] = await Promise.all([table.counts(), table.dead(LISTED)]);
    const oldest = due > 0 ? `, the oldest for ${oldestSeconds} s` : '';
    const lines = rows.map(
      ({ id, job, key, attempts, lastError, deadAt }) =>
        `  ${service} ${id} ${job}, ${key}: ${attempts} attempts, ${lastError}, since ${deadAt} UTC`,
    );
    return [`${service}: ${due} due${oldest}, ${dead} dead`, ...lines].join('\n');
  });
  return (await Promise.all(parts)).join('\n');
}

async function retry(database: Database, service: string, which: string): Promise<string> {
  if (!(await servicesWithWork(database.sql)).includes(service)) throw new StartupError(USAGE);
  const isId = /^\d+$/.test(which);
  const count = await createWorkTable(service, database).revive(isId ? { id: Number(which) } : { job: which });
  return `${count} ${count === 1 ? 'piece' : 'pieces'} of work of ${service} will be tried again within a second.`;
}

/** @throws StartupError */
async function run([verb, service, which, ...rest]: readonly string[]): Promise<string> {
  const isRetry = verb === 'retry' && service !== undefined && which !== undefined && rest.length === 0;
  if (verb !== undefined && !isRetry) throw new StartupError(USAGE);
  const mysql = readMysqlConfig();
  const fault = await checkMysql(mysql);
  if (fault !== null) throw new StartupError(fault);
  const database = openDatabase(mysql);
  try {
    return isRetry ? await retry(database, service, which) : await list(database);
  } finally {
    await database.close();
  }
}

try {
  console.log(await run(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
