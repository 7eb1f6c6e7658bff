// `npm run check`: all that is checked without running the system. Each check says how to mend what it finds.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

const CHECKS: { title: string; command: string[]; remedy: string }[] = [
  { title: 'format and lint', command: ['biome', 'ci', '--colors=off', '.'], remedy: 'npm run format' },
  { title: 'types', command: ['tsc', '--noEmit'], remedy: 'npm run types' },
  {
    title: 'import walls',
    command: [
      'depcruise',
      '--config',
      '.dependency-cruiser.cjs',
      'services.ts',
      'subgraphs',
      'gateway',
      'kit',
      'testing',
      'launch',
      'doctor',
      'prisma',
      'deploy',
      'e2e',
      'bench',
    ],
    remedy: 'npm run walls',
  },
  {
    title: 'generated resolver types are up to date',
    command: ['graphql-codegen', '--config', 'codegen.yml', '--check'],
    remedy: 'npm run generate',
  },
  {
    title: 'the composed schema is up to date and described',
    command: ['node', 'gateway/supergraph/cli.ts', '--check'],
    remedy: 'npm run compose',
  },
  {
    title: 'comments and documents have lines of 110 columns',
    command: ['node', 'launch/widths.ts'],
    remedy: 'break the lines',
  },
  {
    title: 'licences and install scripts of packages are agreed to',
    command: ['node', 'launch/packages/licences.ts', '--check'],
    remedy: 'npm run licences',
  },
];

let failed = 0;
for (const { title, command, remedy } of CHECKS) {
  const [program, ...rest] = command;
  const result = spawnSync(program as string, rest, { cwd: ROOT, encoding: 'utf8' });
  if (result.status === 0) {
    console.log(`✓ ${title}`);
    continue;
  }
  failed += 1;
  console.log(
    `✗ ${title}. Remedy: ${remedy}\n${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`,
  );
}
console.log(`${CHECKS.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
