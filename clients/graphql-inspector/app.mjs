import { execFileSync } from 'node:child_process';
import { check, HTTP } from '../lib/people.mjs';

const found = execFileSync('npx', ['--no-install', 'graphql-inspector', 'diff', process.env.SCHEMA, HTTP], {
  stdio: 'pipe',
  encoding: 'utf8',
});
check('the schema of the address is the committed one', /No changes detected/i.test(found), found);
