import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { seedGroups } from '../testing/seed.ts';
import type { Stack } from '../testing/stack.ts';
import { percentile, short, table, times } from './figures.ts';
import { profiled } from './inspect.ts';
import type { Lab } from './lab.ts';
import type { Asking, QueryFigures, QueryLoad } from './load/queries.ts';
import { MESSAGES, SCREEN } from './operations.ts';
import type { Options } from './options.ts';
import type { HiveOptions } from './peers/hive.ts';
import { installPeers } from './peers/install.ts';
import { report, whereAndWhen } from './report.ts';
import { seedMessages, seedPeople } from './seed.ts';

const HIVE_PACKAGES = {
  '@graphql-hive/gateway': '2.15.1',
  '@graphql-hive/router-runtime': '1.4.23',
  graphql: '16.15.0',
};

const PEOPLE = 240;
const MEMBERS = 12;
const MESSAGES_EACH = 40;
/** Conversations that the large answer shows. */
const SHOWN = 6;
/**
 * How often each is measured, in turns with the others: a machine that others use too is not the same from
 * one second to the next, so many short turns say more than a few long ones.
 */
const TURNS = 12;
/**
 * Seconds of warm-up: with a new query, until the compilers of all of them have little left to do (after 40 s
 * they still have a twentieth of our CPU), and before what is like the one before.
 */
const WARM_UP = 45;
const WARM_UP_AGAIN = 1;
/**
 * So many of the distinct requests go to every gateway before anything is measured, and their answers are
 * compared.
 */
const COMPARED = 8;

const OURS = 'Beaver';
const STOCK = 'Apollo Gateway';
const STITCHING = 'Hive Gateway';
const NATIVE = 'Hive Gateway, native planner';

interface Gateway {
  name: string;
  url: string;
  pid: number;
}

interface Query {
  title: string;
  text: string;
  /** No two of the same viewer follow each other within as many as are in flight. */
  askings: (Asking & { viewerId: string })[];
  /** How it is asked. */
  points: Point[];
}

interface Point {
  /**
   * _Distinct_: another viewer and other variables each time. _Equal_: all ask the same as the same viewer.
   */
  sharing: 'distinct' | 'equal';
  /** So many clients, each of whom asks again when it has its answer. */
  connections: number;
}

interface Row extends QueryFigures {
  title: string;
  name: string;
}

/**
 * What a request costs the gateway: ours, and others before the same four services, with the same supergraph
 * and the same tokens.
 */
export async function gateways(lab: Lab, options: Options): Promise<void> {
  const { folder, versions } = installPeers('hive', HIVE_PACKAGES);
  const stack = await lab.stack({ auth: 1, chat: 1, user: 1, file: 1, gateway: 1 });
  const running = await startGateways(lab, stack, folder, options);
  const queries = await makeQueries(stack);
  const sizes = new Map<string, number>();
  for (const query of queries) sizes.set(query.title, await compareAnswers(running, query));

  const load = lab.helper('load/queries.ts');
  const services = Object.fromEntries(
    (['auth', 'chat', 'user', 'file'] as const).map((name) => [name, stack.services(name)[0]?.pid as number]),
  );
  const measured: Row[] = [];
  for (const { title: what, text, askings, points } of queries) {
    for (const [place, { sharing, connections }] of points.entries()) {
      const title = `${what} (${short((sizes.get(what) ?? 0) / 1_000)} kB), ${sharing}, ${connections} clients`;
      for (let turn = 1; turn <= TURNS; turn += 1) {
        // A token is good for ten minutes. New ones are verified during the warm-up.
        for (const asking of askings) asking.token = (await stack.signIn(asking.viewerId)).token;
        for (const { name, url, pid } of running) {
          const parameters: QueryLoad = {
            url,
            query: text,
            askings: sharing === 'equal' ? askings.slice(0, 1) : askings,
            connections,
            warmUp: place === 0 && turn === 1 ? WARM_UP : WARM_UP_AGAIN,
            seconds: options.seconds,
            pids: { ...services, mysql: lab.mysqlPid, gateway: pid },
          };
          const work = (): Promise<QueryFigures> => load.ask('query', parameters);
          const isProfiled = options.profile === name;
          const { result, where } = isProfiled ? await profiled(pid, work) : { result: await work(), where: null };
          const row = { title, name, ...result };
          measured.push(row);
          const each = Object.entries(row.cpu).map(
            ([of, seconds]) => `${of} ${short((seconds / row.answers) * 1_000)}`,
          );
          console.log(`${title}, ${name}: CPU ms a request: ${each.join(', ')}`);
          if (row.fault) console.log(`${row.failed} answers with errors, the first: ${row.fault}`);
          if (where) console.log(`\nWhere ${name} spent its time:\n\n${where}\n`);
        }
      }
    }
  }
  const rows = Object.values(Object.groupBy(measured, ({ title, name }) => `${title} ${name}`)).map((turns) =>
    together(turns as Row[]),
  );
  const titles = [...new Set(rows.map(({ title }) => title))];
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const text = [
    await whereAndWhen(stack, options.command),
    `Each line is ${TURNS} turns of ${options.seconds} s, in between those of the others, added up (of p50 and p99 the middle); before the first of each query ${WARM_UP} s of warm-up. CPU of the gateway's process, and beside it that of the four services and MySQL together. Each client asks again when it has its answer. _Distinct_: another viewer and other variables each time. _Equal_: all ask the same as the same viewer. Of each query ${COMPARED} answers were compared before: the data is the same from all. Beside ours: @apollo/gateway as in package.json; ${packages.join(', ')}.`,
    ...titles.map((title) => `### ${title}\n\n${pointTable(rows.filter((row) => row.title === title))}`),
  ].join('\n\n');
  report('gateways', text, options.write);
}

async function startGateways(lab: Lab, stack: Stack, folder: string, options: Options): Promise<Gateway[]> {
  const [own] = stack.services('gateway');
  // What the gateway composed, with addresses where it has names: the others know nothing of instances.
  const composed = readFileSync(new URL('../gateway/supergraph/supergraph.graphql', import.meta.url), 'utf8');
  const supergraphSdl = composed.replace(/lb:\/\/(\w+)/g, (_, name) => `${stack.services(name)[0]?.url}/graphql`);
  const hive = (isNative: boolean): HiveOptions => ({ folder, supergraphSdl, isNative });
  const others = [
    { name: STOCK, program: 'peers/apollo.ts', parameters: { supergraphSdl } },
    { name: STITCHING, program: 'peers/hive.ts', parameters: hive(false) },
    { name: NATIVE, program: 'peers/hive.ts', parameters: hive(true) },
  ];
  const running: Gateway[] = [{ name: OURS, url: `${own?.url}/graphql`, pid: own?.pid as number }];
  for (const { name, program, parameters } of others) {
    if (!options.isWanted(name)) continue;
    const helper = lab.helper(program);
    running.push({ name, url: await helper.ask('listen', parameters), pid: helper.pid });
  }
  return running;
}

/** People in as many groups, each in several of them, and what they ask. */
async function makeQueries(stack: Stack): Promise<Query[]> {
  const people = await seedPeople(stack.mysql, PEOPLE);
  // Each group has people from all over the circle, so that two groups have few in common.
  const groups = people.map((_, index) =>
    Array.from({ length: MEMBERS }, (__, place) => people[(index + place * (place + 3)) % PEOPLE] as string),
  );
  const conversations = await seedGroups(stack.mysql, groups);
  const filled = conversations.map((id, index) => ({ id, members: groups[index] as string[] }));
  await seedMessages(stack.mysql, filled, MESSAGES_EACH);
  const tokens = await Promise.all(people.map((id) => stack.signIn(id)));
  const tokenOf = new Map(tokens.map(({ userId, token }) => [userId, token]));
  const askings = filled.map(({ id, members }, index) => {
    const viewerId = members[index % MEMBERS] as string;
    return { id, viewerId, token: tokenOf.get(viewerId) as string };
  });
  return [
    {
      title: '20 messages with the names of their senders',
      text: MESSAGES,
      askings: askings.map(({ id, viewerId, token }) => ({ viewerId, token, variables: { id } })),
      points: [
        { sharing: 'distinct', connections: 16 },
        { sharing: 'distinct', connections: 64 },
        { sharing: 'equal', connections: 16 },
      ],
    },
    {
      title: 'A screen of conversations',
      text: SCREEN,
      askings: people.map((id, index) => ({
        viewerId: id,
        token: tokenOf.get(id) as string,
        variables: { id: people[(index + 1) % PEOPLE], conversations: SHOWN },
      })),
      points: [
        { sharing: 'distinct', connections: 16 },
        { sharing: 'equal', connections: 16 },
      ],
    },
  ];
}

/** Asks all gateways the same. Returns the mean bytes of an answer. @throws where their answers differ */
async function compareAnswers(running: Gateway[], { title, text, askings }: Query): Promise<number> {
  let bytes = 0;
  for (const { token, variables } of askings.slice(0, COMPARED)) {
    const answers = [];
    for (const { name, url } of running) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: text, variables }),
      });
      const answer = await response.text();
      const { data, errors } = JSON.parse(answer);
      if (errors || !data) throw new Error(`${name}, ${title}: ${answer.slice(0, 2_000)}`);
      answers.push({ name, answer, data });
    }
    const [first, ...others] = answers as [(typeof answers)[number], ...typeof answers];
    bytes += Buffer.byteLength(first.answer) / COMPARED;
    for (const { name, answer, data } of others) {
      if (isDeepStrictEqual(data, first.data)) continue;
      throw new Error(`${title}: ${name} answers otherwise.\n${first.name}: ${first.answer}\n${name}: ${answer}`);
    }
  }
  return bytes;
}

/** All turns of one gateway at one point. */
function together(turns: Row[]): Row {
  const [first] = turns as [Row, ...Row[]];
  const sum = (of: (row: Row) => number) => turns.reduce((total, row) => total + of(row), 0);
  const middle = (of: (row: Row) => number) =>
    percentile(
      turns.map(of).toSorted((a, b) => a - b),
      0.5,
    );
  const answers = sum((row) => row.answers);
  return {
    ...first,
    answers,
    elapsed: sum((row) => row.elapsed),
    failed: sum((row) => row.failed),
    bytes: sum((row) => row.bytes * row.answers) / answers,
    p50: middle((row) => row.p50),
    p99: middle((row) => row.p99),
    max: Math.max(...turns.map((row) => row.max)),
    cpu: Object.fromEntries(Object.keys(first.cpu).map((of) => [of, sum((row) => row.cpu[of] ?? 0)])),
  };
}

/** Milliseconds of CPU a request, of the gateway's process. */
function cost({ cpu, answers }: Row): number {
  return ((cpu.gateway ?? 0) / answers) * 1_000;
}

/** And of everything behind it. */
function costBehind({ cpu, answers }: Row): number {
  const total = Object.values(cpu).reduce((sum, seconds) => sum + seconds, 0);
  return ((total - (cpu.gateway ?? 0)) / answers) * 1_000;
}

function pointTable(rows: Row[]): string {
  const ours = rows.find(({ name }) => name === OURS);
  return table(
    ['', 'CPU ms a request', 'to ours', 'CPU behind it', 'requests/s', 'p50 ms', 'p99 ms', 'answers', 'failed'],
    rows.map((row) => [
      row.name,
      short(cost(row)),
      ours ? times(cost(row) / cost(ours)) : '–',
      short(costBehind(row)),
      short(row.answers / row.elapsed),
      short(row.p50),
      short(row.p99),
      String(row.answers),
      String(row.failed),
    ]),
  );
}
