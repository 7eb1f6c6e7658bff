// Part of `npm run check`: no line of a comment, of Markdown or of a description in a schema is wider than
// 110 columns. Code has Biome's 120; tables, code in Markdown, and lines that are one long word (an address,
// a path) are as wide as they are.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const WIDTH = 110;

/** The numbers of the lines that are too wide. */
export function wideLines(path: string, text: string): number[] {
  const isMarkdown = path.endsWith('.md');
  const isSchema = path.endsWith('.graphql');
  let isCode = false;
  let isDescription = false;
  return text.split('\n').flatMap((line, index) => {
    if (isMarkdown && /^\s*(```|~~~)/.test(line)) isCode = !isCode;
    if (isSchema && line.trim() === '"""') isDescription = !isDescription;
    const isProse = isMarkdown
      ? !isCode && !/^\s*(\||<!--|!\[)/.test(line)
      : isSchema
        ? isDescription || /^\s*(#|"[^"]*"$)/.test(line)
        : /^\s*(\/\/|\/\*\*?|\*)(\s|$)/.test(line);
    // The first word may stand behind a bullet or a comment sign.
    const words = line
      .trim()
      .replace(/^(\/\/|\/\*\*?|\*|-|>|\d+\.|#+)\s+/, '')
      .split(' ');
    return isProse && line.length > WIDTH && words.length > 1 && !isWhole(line) ? [index + 1] : [];
  });
}

/** A row of a table in a comment, or what another tool wants on one line. */
function isWhole(line: string): boolean {
  return /^\s*(\*\s*\||\/\/ biome-ignore)/.test(line);
}

if (process.argv[1] === import.meta.filename) {
  const { stdout } = spawnSync('git', ['ls-files', '*.ts', '*.mts', '*.mjs', '*.js', '*.md', '*.graphql'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const isMade = (path: string) => /generated|^gateway\/supergraph\/|^docs\/licences\.md$/.test(path);
  const paths = stdout.split('\n').filter((path) => path && !isMade(path));
  const wide = paths.flatMap((path) =>
    wideLines(path, readFileSync(join(ROOT, path), 'utf8')).map((line) => `  ${path}:${line}`),
  );
  if (wide.length > 0) console.log(`These lines are wider than ${WIDTH} columns:\n${wide.join('\n')}`);
  process.exit(wide.length > 0 ? 1 : 0);
}
