import { decode, encode, fromBytes, parseBytes, toBytes } from '../../base/bytes.ts';

const TEXTS = ['', 'beaver', 'Büber', '海狸 🦫', '\u0000\u001f\u007f\u0080\u00ff\u2028', '"\\/', '\\u00e9'];

test.each(TEXTS)('%j is the same after a way there and back', (text) => {
  const bytes = toBytes(text);
  expect(bytes).toMatch(/^[\0-\xff]*$/);
  expect(bytes).toHaveLength(Buffer.byteLength(text));
  expect(Buffer.from(bytes, 'latin1').toString()).toBe(text);
  expect(fromBytes(bytes)).toBe(text);
  expect(decode(encode({ text, list: [text] }))).toEqual({ text, list: [text] });
});

test.each(TEXTS)('JSON with %j is read without being decoded, and written as it was', (text) => {
  const json = JSON.stringify({ text, list: [1, null, text] });
  expect(parseBytes(Buffer.from(json))).toEqual(encode({ text, list: [1, null, text] }));
  expect(Buffer.from(JSON.stringify(parseBytes(Buffer.from(json))), 'latin1').toString()).toBe(json);
});

test('a service may write letters as escapes', () => {
  const json = '{"text":"B\\u00fcber \\ud83e\\uddab \\u0041"}';
  expect(parseBytes(Buffer.from(json))).toEqual({ text: toBytes('Büber 🦫 A') });
});

test('half a letter stays what it is', () => {
  const json = '{"text":"\\ud83e"}';
  expect(JSON.stringify(parseBytes(Buffer.from(json)))).toBe(json);
});

test('what is no JSON is an error', () => {
  expect(() => parseBytes(Buffer.from('{"a":'))).toThrow(SyntaxError);
});
