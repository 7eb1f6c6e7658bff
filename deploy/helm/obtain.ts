import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../launch/base/programs.ts';
import { PROGRAMS } from '../../launch/workspace.ts';

/** What `npm run chart` needs, with exact versions. Compiling helm takes minutes, so CI does not do it. */
const HELM = 'helm.sh/helm/v3/cmd/helm@v3.19.0';
const VALIDATOR = 'kubernetes-validate==1.37.0';

/** Folders in which the tests of the chart look for it. */
const programs = join(PROGRAMS, 'usr/bin');
const python = join(PROGRAMS, 'kubernetes');

const run = (command: string, ...parameters: string[]) =>
  execFileSync(command, parameters, { stdio: 'inherit', env: { ...process.env, GOBIN: programs } });

if (!findProgram('helm', [programs])) {
  if (!findProgram('go', ['/usr/local/go/bin'])) {
    console.error('helm is not on this machine, nor is Go, which could build it. Install one of the two.');
    process.exit(1);
  }
  console.log(`Building ${HELM}: this takes some minutes, once.`);
  mkdirSync(programs, { recursive: true });
  run(findProgram('go', ['/usr/local/go/bin']) as string, 'install', HELM);
}
if (!existsSync(join(python, 'bin/kubernetes-validate'))) {
  run('python3', '-m', 'venv', python);
  run(join(python, 'bin/pip'), 'install', '--quiet', VALIDATOR);
}
