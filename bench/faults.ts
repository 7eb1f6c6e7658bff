// `npm run bench:faults`: the failure scenarios of e2e/faults, and a table of what they measured, which is
// kept in docs/faults.md. `npm run bench:faults -- redis` runs those whose name has the word, and keeps
// nothing.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Verdict } from '../e2e/faults/checker.ts';
import { runScenario, type Scenario } from '../e2e/faults/run.ts';
import * as scenarios from '../e2e/faults/scenarios.ts';
import { type System, startSystem } from '../e2e/faults/system.ts';
import { isConnectionLost } from '../kit/mysql/database.ts';
import { stopLeftovers } from '../launch/base/child.ts';
import { onInterrupt } from '../launch/interrupt.ts';
import { RECORDS_VARIABLE } from '../launch/services.ts';
import { ROOT, serviceRecordsOf, sweepTestDirectories, takeTestDirectory } from '../launch/workspace.ts';
import { wrapped } from './report.ts';

const HEAD = [
  '| scenario | accepted | lost | doubled | out of order | until all had all | at most |',
  '| --- | --: | --: | --: | --: | --: | --: |',
];
const PAGE = join(ROOT, 'docs/faults.md');
/** The part of the page that is written by hand. */
const BY_HAND = '\n## Seen red\n';
const wanted = process.argv.slice(2).map((word) => word.toLowerCase());

await sweepTestDirectories();
const { directory, lock } = await takeTestDirectory();
const records = serviceRecordsOf(directory);
process.env[RECORDS_VARIABLE] = records;
const end = async () => {
  await stopLeftovers(records);
  lock.release();
  rmSync(directory, { recursive: true, force: true });
};
onInterrupt(
  () => void end().then(() => process.exit(1)),
  () => process.exit(1),
);

// The driver throws, with nobody to catch it, where a connection breaks that nobody uses at the moment: here
// MySQL is killed on purpose. The services are processes of their own.
process.on('uncaughtException', (error) => {
  if (isConnectionLost(error)) return console.log(`a connection of this program to MySQL broke: ${error.message}`);
  console.error(error);
  void end().then(() => process.exit(1));
});

const rows: string[] = [];
let isGood = true;
try {
  for (const group of Object.values(scenarios)) {
    const chosen = group.filter(({ name }) => wanted.every((word) => name.toLowerCase().includes(word)));
    if (chosen.length > 0) await run(chosen);
  }
} finally {
  await end();
}
const table = [...HEAD, ...rows].join('\n');
console.log(`\n${table}`);
if (wanted.length === 0) {
  const page = readFileSync(PAGE, 'utf8');
  writeFileSync(PAGE, wrapped(document(table)) + page.slice(page.indexOf(BY_HAND)));
}
process.exit(isGood ? 0 : 1);

/**
 * All scenarios of a group on one system; after one that did not come to its end the next has another system.
 */
async function run(group: readonly Scenario[]): Promise<void> {
  let left = group;
  while (left.length > 0) {
    const system = await startSystem();
    try {
      while (left.length > 0) {
        const [scenario, ...rest] = left as [Scenario, ...Scenario[]];
        left = rest;
        if (!(await measure(system, scenario))) break;
      }
    } finally {
      await system.stop().catch((error) => console.log(`a system did not stop: ${error}`));
    }
  }
}

/** Whether it came to its end, good or bad. */
async function measure(system: System, scenario: Scenario): Promise<boolean> {
  console.log(`… ${scenario.name}`);
  try {
    const verdict = await runScenario(system, scenario);
    const { lost, doubled, outOfOrder, faults } = verdict;
    if (lost + doubled + outOfOrder + faults.length > 0) isGood = false;
    rows.push(rowOf(scenario.name, verdict));
    for (const line of [rows.at(-1), ...faults.slice(0, 10)]) console.log(line);
    return true;
  } catch (error) {
    isGood = false;
    rows.push(`| ${scenario.name} | did not end: ${String(error).split('\n', 1)[0]} | | | | | |`);
    console.log((error as Error).stack ?? error);
    return false;
  }
}

function rowOf(name: string, v: Verdict): string {
  const seconds = [v.secondsUntilAllHadAll, v.secondsAtMost].map((value) => `${value.toFixed(1)} s`);
  return `| ${[name, v.accepted, v.lost, v.doubled, v.outOfOrder, ...seconds].join(' | ')} |`;
}

function document(measured: string): string {
  return `# What happens when something fails

Six clients write to each other in three groups, about 30 messages a second, while something fails: the whole system as processes (two of chat, two gateways, one of
auth, user and file), with MariaDB, Redis and etcd of its own. The client (\`e2e/faults/client.ts\`) is written from PROTOCOL.md alone. Afterwards what every client was given is
compared with the log in MySQL and with the history that can be paged (\`e2e/faults/checker.ts\`).

Measured on ${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores, Node ${process.versions.node}, with \`npm run bench:faults\`, which writes this page.

${measured}

- **accepted**: messages whose sender has the answer. Every message that anybody began to send is among them at the end.
- **lost**: accepted messages that are not in the log, and entries that a client never got. **doubled**, **out of order**: entries that a client got again, or after a later
  one, and messages that are in the log twice.
- **until all had all**: the longest that any message took until everybody had it, counted from the recovery where it was sent before that. What others stand in for counts from
  the beginning: after a kill from the kill, without etcd and in a rolling restart from when the message was sent. In it is the pause of up to two seconds before a
  client comes again.
- **at most**: the same, always from when the message was first sent; so it includes the time that a store or a network was away.

The same scenarios are tests: \`npm test -- e2e/faults\`.
`;
}
