import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeEnvironmentFile } from '../environment-file.ts';

test('a program that is started with the file has the variables as they were, and nobody else can read it', () => {
  const directory = mkdtempSync(join(tmpdir(), 'beaver-environment-'));
  const file = join(directory, 'environment');
  const variables = { PLAIN: 'value', BLANKS: ' a # b ', QUOTE: "it's", BOTH: `'"`, SLASH: 'a\\nb', DOLLAR: '$HOME' };
  try {
    writeEnvironmentFile({ OLD: 'forgotten' }, file);
    writeEnvironmentFile(variables, file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const program = 'console.log(JSON.stringify(process.env))';
    const output = execFileSync(process.execPath, [`--env-file=${file}`, '-e', program], { env: {}, encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual(variables);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
