// `npm run bench -- <program> [options]`: what the project costs, beside what the usual way costs and beside
// the floor, in one run on one machine. The ratios are what counts. docs/bench.md says how to read it.
import { parseArgs } from 'node:util';
import { attacks } from './attacks.ts';
import { bus } from './bus.ts';
import { bystanders } from './bystanders.ts';
import { fanout } from './fanout.ts';
import { gateways } from './gateways.ts';
import { inLab, type Lab } from './lab.ts';
import { memory } from './memory.ts';
import type { Options } from './options.ts';
import { pictures } from './pictures.ts';
import { presence } from './presence.ts';
import { prices } from './prices.ts';
import { sends } from './sends.ts';
import { sockets } from './sockets.ts';
import { storm } from './storm.ts';
import { work } from './work.ts';

const PROGRAMS: Record<string, (lab: Lab, options: Options) => Promise<void>> = {
  sends,
  fanout,
  memory,
  storm,
  attacks,
  bus,
  bystanders,
  gateways,
  pictures,
  presence,
  prices,
  sockets,
  work,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '3' },
    points: { type: 'string' },
    only: { type: 'string' },
    profile: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const [name = ''] = positionals;
const program = PROGRAMS[name];
if (!program || positionals.length !== 1) {
  console.error(`Usage: npm run bench -- ${Object.keys(PROGRAMS).join('|')} [options]
  --seconds 3          how long each point of sends or gateways is measured
  --points 1,8,64,512  sends in flight, or the numbers of subscribers, of clients, or of pieces of work
  --only chat,stock    only those whose name has one of these in it
  --profile chat       also says where the process of that name spends its time
  --write              puts the result into docs/bench.md`);
  process.exit(2);
}
const { points, only, ...rest } = values;
await inLab((lab) =>
  program(lab, {
    ...rest,
    command: process.argv.slice(2).join(' '),
    seconds: Number(values.seconds),
    points: points?.split(',').map(Number),
    isWanted: (text) => only === undefined || only.split(',').some((part) => text.includes(part)),
  }),
);
process.exit(0);
