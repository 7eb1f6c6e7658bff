import { wideLines } from '../widths.ts';

const long = 'word '.repeat(30).trim();

test.each([
  ['a.ts', `/** ${long} */`, [1]],
  ['a.ts', ` * ${long}`, [1]],
  ['a.ts', `// ${long}`, [1]],
  ['a.ts', `const text = '${long}';`, []],
  ['a.ts', ` * | ${long} |`, []],
  ['a.ts', `// https://example.org/${'x'.repeat(120)}`, []],
  ['a.md', long, [1]],
  ['a.md', `- ${long}`, [1]],
  ['a.md', `| ${long} |`, []],
  ['a.graphql', `"""\n${long}\n"""\ntype A { a: Int }`, [2]],
  ['a.graphql', `"${long}"`, [1]],
  ['a.graphql', `union A = ${'B | '.repeat(40)}C`, []],
  ['a.md', `\`\`\`\n${long}\n\`\`\`\n${long}`, [4]],
])('in %s, %j', (path, text, lines) => {
  expect(wideLines(path, text)).toEqual(lines);
});
