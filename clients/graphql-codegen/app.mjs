import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { check } from '../lib/people.mjs';

copyFileSync(process.env.SCHEMA, 'schema.graphql');
const run = (...command) => execFileSync('npx', ['--no-install', ...command], { stdio: 'pipe', encoding: 'utf8' });
run('graphql-codegen', '--config', 'codegen.yml');
const types = (from) => readFileSync(`src/${from}/graphql.ts`, 'utf8');
check('the types from the file and from the address are the same', types('from-file') === types('from-url'));
run('tsc', '-p', '.');
check('the types are taken by strict TypeScript', true);
