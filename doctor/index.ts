// `npm run doctor`: goes through everything that a deployment needs, and says what is wrong, where, and what
// mends it. In a container `node doctor/index.ts`; with a file of variables
// `node --env-file=<file> doctor/index.ts`.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvFile } from 'node:process';
import { parseArgs } from 'node:util';
import { asJson, asText, exitCodeOf } from './report.ts';
import { runChecks } from './run.ts';
import { CHECKS } from './table.ts';
import { openWorld } from './world.ts';

const USAGE = `Usage: npm run doctor -- [--json] [--gateway <url>]
  --json           the findings as JSON; docs/doctor.md explains their ids
  --gateway <url>  where the gateway is, if not at GATEWAY_PORT of this host: http://gateway:8000
Exit code: 0 all is well, 1 something fails, 2 there are warnings only.`;

/** What `npm start` says about its private base services, as long as it runs. */
const RUNNING = join(import.meta.dirname, '..', '.beaver', 'environment');

const { json, gateway, help } = readArguments();
if (help) {
  console.log(USAGE);
  process.exit(0);
}
const namesServers = ['MYSQL_HOST', 'REDIS_HOST', 'REDIS_CLUSTER_NODES', 'ETCD_SERVER'].some(
  (name) => process.env[name],
);
if (!namesServers && existsSync(RUNNING)) {
  loadEnvFile(RUNNING);
  if (!json) console.log('No variable names a base service: looking at the system that `npm start` runs here.\n');
} else if (!namesServers && !json) {
  console.log('No variable names a base service. Give the variables of a service, or run this beside `npm start`.\n');
}
const findings = await runChecks(CHECKS, openWorld(process.env, { gateway }));
console.log(json ? asJson(findings) : asText(findings));
// The clients of base services may leave timers behind.
process.exit(exitCodeOf(findings));

function readArguments() {
  try {
    const { values } = parseArgs({
      options: { json: { type: 'boolean' }, gateway: { type: 'string' }, help: { type: 'boolean' } },
    });
    return values;
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    process.exit(1);
  }
}
