// `npm run page`: bundles what the page at /graphql loads. `npm start` and `npm test` do it when something of
// the page has changed.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Metafile } from 'esbuild';

const SOURCE = join(import.meta.dirname, 'browser');
const TARGET = join(import.meta.dirname, 'bundle');
/** The editor checks and completes in these, beside the page. */
const WORKERS = {
  editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
  json: 'monaco-editor/esm/vs/language/json/json.worker.js',
  graphql: 'monaco-graphql/esm/graphql.worker.js',
};

const shared: BuildOptions & { metafile: true; write: false } = {
  bundle: true,
  minify: true,
  metafile: true,
  write: false,
  outdir: TARGET,
  // A browser keeps a file for ever: another content has another name.
  entryNames: '[name]-[hash]',
  loader: { '.ttf': 'file', '.svg': 'copy' },
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'warning',
};

const workers = await build({ ...shared, entryPoints: WORKERS, format: 'iife' });
const workerNames = Object.fromEntries(
  Object.entries(WORKERS).map(([label, source]) => [label, outputOf(workers.metafile, `node_modules/${source}`)]),
);
const page = await build({
  ...shared,
  entryPoints: { page: join(SOURCE, 'page.js'), icon: join(SOURCE, 'icon.svg') },
  format: 'esm',
  splitting: true,
  define: { ...shared.define, WORKER_NAMES: JSON.stringify(workerNames) },
});

rmSync(TARGET, { recursive: true, force: true });
mkdirSync(TARGET, { recursive: true });
for (const { path, contents } of [...workers.outputFiles, ...page.outputFiles]) {
  writeFileSync(path, contents);
  writeFileSync(`${path}.gz`, gzipSync(contents, { level: 9 }));
}
const script = outputOf(page.metafile, 'gateway/edge/page/browser/page.js');
const style = page.metafile.outputs[`gateway/edge/page/bundle/${script}`]?.cssBundle as string;
writeFileSync(
  join(TARGET, 'index.html'),
  readFileSync(join(SOURCE, 'index.html'), 'utf8')
    .replace('SCRIPT', script)
    .replace('STYLE', basename(style))
    .replaceAll('ICON', outputOf(page.metafile, 'gateway/edge/page/browser/icon.svg')),
);

/** The name of what was made of a source file. */
function outputOf({ outputs }: Metafile, source: string): string {
  const found = Object.entries(outputs).find(
    ([, { entryPoint, inputs }]) => entryPoint === source || Object.keys(inputs).join() === source,
  );
  if (!found) throw new Error(`Nothing was made of ${source}.`);
  return basename(found[0]);
}
