import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { createCalls } from '../gateway/execution/calls.ts';
import { Graph } from '../gateway/graph.ts';
import { graphqlRoute } from '../gateway/http.ts';
import { createPipeline } from '../gateway/pipeline.ts';
import { readProtectionConfig } from '../gateway/protection/config.ts';
import { createProtection } from '../gateway/protection/index.ts';
import type { Upstreams } from '../gateway/upstream.ts';
import { createHttpServer } from '../kit/http.ts';
import { closeServer, listen } from '../kit/listening.ts';
import { createLog } from '../kit/log.ts';
import { createRedis } from '../kit/redis.ts';
import { DIRECT } from '../kit/viewer.ts';
import type { Attack, AttackJob } from './attackers.ts';
import { short, table } from './figures.ts';
import type { Lab } from './lab.ts';
import type { Options } from './options.ts';
import { report } from './report.ts';

/** How long the event loop may be held by one attack, in ms. */
const GOAL = 50;
/** Rounds of each attack, in texts that differ, so that nothing is remembered. The worst counts, after one that makes the code warm. */
const ROUNDS = 5;
/** A body of the drip attack has to arrive within this time, in ms. */
const PATIENCE = 1_000;

const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, n) => part(n)).join(' ');
const operation = (query: string, variables: object = {}): Attack => ({
  kind: 'post',
  body: JSON.stringify({ query, variables }),
});

function upload(path: string): Attack {
  const part = (name: string, value: string) =>
    `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const operations = JSON.stringify({ query: 'mutation ($l: [Upload]) { x }', variables: { l: [null] } });
  const body = `${part('operations', operations)}${part('map', JSON.stringify({ 0: [path] }))}--b--\r\n`;
  const headers = { 'content-type': 'multipart/form-data; boundary=b', 'apollo-require-preflight': 'true' };
  return { kind: 'post', headers, body };
}

/** A page of everything: what planning takes longest for, as large as it may be. */
const PAGE = `conversations { edges { cursor node { id kind title headSeq unreadCount lastActivityAt
  otherMember { name userName bio avatarUrl sessions { id } } viewerMembership { role }
  members { edges { node { role user { id name avatarUrl } } } }
  messages { edges { node { id text seq sentAt sender { name avatarUrl } image { caption file { url } } } } } } } }`;

/** `n` makes each round another text. */
const ATTACKS: [string, (n: number) => Attack][] = [
  ['one small query', (n) => operation(`{ viewer { id } } #${n}`)],
  ['5,000 aliases', (n) => operation(`{ ${repeat(1_600, (i) => `a${i}: viewer { id }`)} } #${n}`)],
  ['1,600 equal fields', (n) => operation(`{ ${repeat(1_600, () => 'viewer { id }')} } #${n}`)],
  ['a megabyte of one field', (n) => operation(`{ viewer { ${'id '.repeat(300_000)} } } #${n}`)],
  ['1,000 levels', (n) => operation(`${'{ viewer { friends '.repeat(500)}{ id }${'} }'.repeat(500)} #${n}`)],
  [
    'lists in lists, 50,000 levels',
    (n) => operation(`{ user(id: ${'['.repeat(50_000)}${']'.repeat(50_000)}) { id } } #${n}`),
  ],
  [
    'fragments that double each other',
    (n) =>
      operation(
        `{ viewer { ...F0 } } ${repeat(50, (i) => `fragment F${i} on User { a: id ...F${i + 1} ...F${i + 1} }`)} fragment F50 on User { id } #${n}`,
      ),
  ],
  [
    'a fragment that uses itself',
    (n) => operation(`{ viewer { ...F } } fragment F on User { friends { edges { node { ...F } } } } #${n}`),
  ],
  [
    '400 fragments in one place',
    (n) =>
      operation(
        `{ viewer { ${repeat(400, (i) => `...F${i}`)} } } ${repeat(400, (i) => `fragment F${i} on User { id }`)} #${n}`,
      ),
  ],
  ['1,000 operations', (n) => operation(`${repeat(1_000, (i) => `query Q${i} { viewer { id } }`)} #${n}`)],
  ['1,000 directives', (n) => operation(`{ viewer { id ${'@include(if: true) '.repeat(1_000)} } } #${n}`)],
  ['150 unknown fields', (n) => operation(`{ viewer { ${repeat(150, (i) => `nam${i}`)} } } #${n}`)],
  [
    'the schema in circles',
    (n) => operation(`{ __schema { types { ${'fields { type { '.repeat(9)} name ${'} }'.repeat(9)} } } } #${n}`),
  ],
  [
    'lists of a hundred each, four deep',
    (n) =>
      operation(
        `{ conversations(first: 100) { edges { node { members(first: 100) { edges { node { user { friends(first: 100) { edges { node { id } } } } } } } } } } } #${n}`,
      ),
  ],
  [
    '100,000 wrong variables',
    (n) =>
      operation(`subscription ($p: [PositionInput!]) { inbox(positions: $p) { __typename } } #${n}`, {
        p: Array(100_000).fill(0),
      }),
  ],
  [
    'variables in one another, a megabyte',
    (n) => ({
      kind: 'post',
      body: `{"query":"{ viewer { id } } #${n}","variables":{"a":${'['.repeat(450_000)}${']'.repeat(450_000)}}}`,
    }),
  ],
  ['a page as large as may be', (n) => operation(`{ ${repeat(4, (i) => `p${i}: ${PAGE}`)} } #${n}`)],
  [
    'a batch of 10,000',
    () => ({ kind: 'post', body: JSON.stringify(Array(10_000).fill({ query: '{ viewer { id } }' })) }),
  ],
  ['a map with the index 20,000,000', () => upload('variables.l.19999999')],
  ['a map to the prototype', () => upload('variables.__proto__.x')],
  ['200 bodies, drop by drop', () => ({ kind: 'drip', connections: 200, milliseconds: PATIENCE * 2 })],
];

interface Cost {
  said: string;
  /** The longest that the event loop was held, and the CPU of its thread, in ms. */
  held: number;
  cpu: number;
}

/**
 * What attacks on the gateway cost it: its HTTP side with the real graph in this process, the clients in a thread. No service is asked, as none of the attacks gets so far.
 */
export async function attacks(_lab: Lab, { command, isWanted, write }: Options): Promise<void> {
  const log = createLog('bench', 'silent');
  const config = readProtectionConfig({
    NODE_ENV: 'production',
    GATEWAY_BUDGET: '0',
    GATEWAY_BODY_TIMEOUT_MS: String(PATIENCE),
  });
  const redis = createRedis(
    { host: process.env.REDIS_HOST ?? '', port: Number(process.env.REDIS_PORT), password: process.env.REDIS_PASSWORD },
    log,
    'bench',
  );
  const nobody: Upstreams['begin'] = (_operation, { refused }) => {
    refused([{ message: 'No service is here.', extensions: { code: 'UNAVAILABLE' } }]);
    return () => {};
  };
  const calls = createCalls({ begin: nobody } as Upstreams);
  const sdl = readFileSync(new URL('../gateway/supergraph.graphql', import.meta.url), 'utf8');
  const graph = new Graph(
    sdl,
    calls,
    () => ({ process: () => Promise.reject(new Error('No service is here.')) }),
    config.limits,
  );
  const route = graphqlRoute({
    pipeline: createPipeline(calls, createProtection(config, redis, 'bench', log), log),
    graph: () => graph,
    authenticator: { authenticate: () => ({ viewer: null, service: null, ...DIRECT }) },
    maxUpload: 1_000_000,
    compresses: false,
    bodyTimeout: config.bodyTimeout,
    proxies: 0,
    missing: () => [],
  });
  const server = createHttpServer([route], log);
  const url = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}/graphql`;
  const clients = new Worker(new URL('./attackers.ts', import.meta.url));

  async function measure(attack: Attack): Promise<Cost> {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    const before = process.threadCpuUsage();
    delay.enable();
    const said = await new Promise<string>((resolve) => {
      clients.once('message', resolve);
      clients.postMessage({ url, attack } satisfies AttackJob);
    });
    delay.disable();
    const { user, system } = process.threadCpuUsage(before);
    return { said, held: delay.max / 1e6, cpu: (user + system) / 1000 };
  }

  const rows: string[][] = [];
  let worst = 0;
  for (const [name, attack] of ATTACKS.filter(([title]) => isWanted(title))) {
    const costs: Cost[] = [];
    const rounds = attack(0).kind === 'drip' ? 2 : ROUNDS + 1;
    for (let round = 0; round < rounds; round += 1) costs.push(await measure(attack(round)));
    const [, ...warm] = costs;
    const held = Math.max(...warm.map((cost) => cost.held));
    worst = Math.max(worst, held);
    const cpu = Math.max(...warm.map((cost) => cost.cpu));
    rows.push([name, short(held), short(costs[0]?.held ?? 0), short(cpu), warm[0]?.said ?? '']);
  }
  await clients.terminate();
  await closeServer(server);
  redis.disconnect();
  const head = ['attack', 'held, ms', 'the first time', 'CPU, ms', 'answer'];
  const where = `\`npm run bench -- ${command}\`, ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores, Node ${process.versions.node}.`;
  const verdict = worst <= GOAL ? `None held it for more than ${GOAL} ms.` : `The goal of ${GOAL} ms is missed.`;
  report('attacks', `${where}\n\n${table(head, rows)}\n\n${verdict}`, write);
}
