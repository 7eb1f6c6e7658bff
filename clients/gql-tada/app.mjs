import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { check, HTTP } from '../lib/people.mjs';

const run = (...command) => execFileSync('npx', ['--no-install', ...command], { stdio: 'pipe', encoding: 'utf8' });
run('gql.tada', 'generate-schema', HTTP, '--output', 'schema.graphql');
check('the schema is had from the address', /type Conversation /.test(readFileSync('schema.graphql', 'utf8')));
const plugin = { name: 'gql.tada/ts-plugin', schema: './schema.graphql', tadaOutputLocation: './graphql-env.d.ts' };
writeFileSync('tsconfig.json', JSON.stringify({ compilerOptions: { strict: true, plugins: [plugin] } }));
run('gql.tada', 'generate-output');
check('its types are made', readFileSync('graphql-env.d.ts', 'utf8').includes('UserError'));
