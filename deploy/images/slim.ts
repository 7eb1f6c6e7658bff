// Leaves of node_modules what production loads. Run in the build of the image alone: node slim.ts <folder>
//
// npm keeps a package that another names as an optional peer: the command line of Prisma with its engines, a
// second database and React, and TypeScript. And packages carry what only people and compilers read.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Dependencies for building and for `npm start`: the image has a Node and a generated client. */
const FOR_BUILDING = ['node', 'prisma'];
/** Files that no program loads; the texts of licences stay. */
const UNREAD = /^(?!licen[cs]e|notice|copying).*\.(d\.[cm]?ts|[cm]?ts\.map|[cm]?js\.map|md|markdown|flow)$/i;
/** Prisma's compilers of queries that the generated client does not use. */
const OTHER_COMPILERS = /^query_compiler_(?!fast_bg\.mysql\.)/;

const root = resolve(process.argv[2] as string);
const modules = join(root, 'node_modules');

interface Manifest {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** Where Node finds a package from a folder. */
function find(name: string, from: string): string | undefined {
  for (let folder = from; folder.startsWith(root); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return undefined;
}

/** The folders of all packages that a package needs when it runs. */
function reach(folder: string, names: string[], reached: Set<string>): void {
  for (const name of names) {
    const found = find(name, folder);
    if (found === undefined || reached.has(found)) continue;
    reached.add(found);
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta = {} } = manifestOf(found);
    const peers = Object.keys(peerDependencies ?? {}).filter((peer) => !peerDependenciesMeta[peer]?.optional);
    reach(found, Object.keys({ ...dependencies, ...optionalDependencies }).concat(peers), reached);
  }
}

/** Removes what was not reached, and empty folders of nested packages with it. */
function sweep(folder: string, reached: Set<string>): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    if (entry.startsWith('@')) sweep(path, reached);
    else if (!reached.has(path)) rmSync(path, { recursive: true });
    else sweep(join(path, 'node_modules'), reached);
  }
}

function removeUnread(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeUnread(path);
    else if (UNREAD.test(entry.name)) rmSync(path);
  }
}

const own = Object.keys(manifestOf(root).dependencies ?? {}).filter((name) => !FOR_BUILDING.includes(name));
const reached = new Set<string>();
reach(root, own, reached);
sweep(modules, reached);
removeUnread(modules);
const runtime = join(modules, '@prisma/client/runtime');
for (const name of readdirSync(runtime)) if (OTHER_COMPILERS.test(name)) rmSync(join(runtime, name));
