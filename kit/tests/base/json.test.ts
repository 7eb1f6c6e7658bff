import { readJson } from '../../base/json.ts';

const nested = (depth: number, open = '[', close = ']') => `${open.repeat(depth)}${close.repeat(depth)}`;
const long = (text: string) => `{"a":${text},"b":"${'x'.repeat(20_000)}"}`;

test.each([
  ['brackets', nested(50_000)],
  ['braces', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
  ['brackets behind a text with quotes in it', `{"a":"\\"[\\\\","b":${nested(20_000)}}`],
  ['a little deeper than it may be', long(nested(100))],
  ['what never ends', '['.repeat(50_000)],
])('refuses %s before they are parsed', (_what, text) => {
  expect(() => readJson(text)).toThrow('The JSON is nested too deeply.');
});

const object = (count: number) =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, ':'])));

test('refuses an object of very many fields before it is parsed', () => {
  expect(() => readJson(`[{"a":{}},${object(5_001)}]`)).toThrow('An object in the JSON has more than 5000 fields.');
});

test.each([
  ['as many fields as there may be, again and again', `[${Array(20).fill(object(5_000)).join()}]`],
  ['brackets in a text', long(JSON.stringify('['.repeat(20_000)))],
  ['texts that end with a backslash, and quotes', long(JSON.stringify(['\\', '"', '\\"', '[[[['.repeat(500)]))],
  ['many side by side', `[${'[],{},'.repeat(5_000)}[]]`],
  ['as deep as it may be', long(nested(99))],
])('reads %s', (_what, text) => {
  expect(readJson(text)).toEqual(JSON.parse(text));
});

test.each(['', '{', '{"a"}', 'x'.repeat(20_000), `"${'x'.repeat(20_000)}`])(
  'says of what is none that it is none: %#',
  (text) => {
    expect(() => readJson(text)).toThrow('That is not JSON.');
  },
);

test('skips a byte order mark', () => {
  expect(readJson('\ufeff{"a":1}')).toEqual({ a: 1 });
});

test.each(['"\\ud800"', '["\\uDC00x"]', '{"\\ud83d":1}', '"\\ud83d\\ud83d\\ude00"'])(
  'refuses half a surrogate pair, which would be stored as U+FFFD: %s',
  (text) => {
    expect(() => readJson(text)).toThrow('half a surrogate pair');
  },
);

test.each(['"\\ud83d\\ude00"', '"\\\\ud800"', '"\\u00e9"'])(
  'reads whole pairs, and what only looks like half a one: %s',
  (text) => {
    expect(readJson(text)).toBe(JSON.parse(text));
  },
);
