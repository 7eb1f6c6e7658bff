import { TypeID } from 'typeid-js';
import { InvalidInput } from '../../base/errors.ts';
import { ID_TYPES, type IdType, isId, newId, newUuid, timeOf, typeOf, uuidOf } from '../../base/ids.ts';
import { id, lookupId, parseInput } from '../../base/input.ts';

const TYPES = Object.keys(ID_TYPES) as IdType[];

test.each(TYPES)('an id of type %s is a TypeID, says its type and its time, and fits its column', (type) => {
  const before = Date.now();
  const made = newId(type);
  const parsed = TypeID.fromString(made, type);
  expect(parsed.toUUID()).toBe(uuidOf(made));
  expect(typeOf(made)).toBe(type);
  expect(TYPES.filter((other) => isId(other, made))).toEqual([type]);
  expect(made.length).toBeLessThanOrEqual(36);
  const time = timeOf(made)?.getTime() ?? 0;
  expect(time).toBeGreaterThanOrEqual(before);
  expect(time).toBeLessThanOrEqual(Date.now());
});

test('ids are unlike each other, and sort by the millisecond they were made in', async () => {
  const made: string[] = [];
  while (new Set(made.map((one) => timeOf(one)?.getTime())).size < 20) made.push(newId('msg'));
  expect(new Set(made).size).toBe(made.length);
  const times = made.toSorted().map((one) => timeOf(one)?.getTime() ?? 0);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
});

const REST = newId('user').slice(5);

test.each([
  '',
  'x',
  'user',
  'user_',
  '_',
  newUuid(),
  REST,
  `_${REST}`,
  `User_${REST}`,
  `nobody_${REST}`,
  `toString_${REST}`,
  `user_${REST.toUpperCase()}`,
  `user_${REST.slice(1)}`,
  `user_${REST}0`,
  ` user_${REST}`,
  `user_${REST}\n`,
  `user_8${REST.slice(1)}`,
  `user_${REST.slice(0, -1)}u`,
  `user_${REST.slice(0, -1)}é`,
  `user_user_${REST}`,
  'x'.repeat(1_000_000),
])('a text that is no id is none: %.40s', (text) => {
  expect(typeOf(text)).toBeNull();
  expect(timeOf(text)).toBeNull();
});

test('an id of another version of UUID has no time', () => {
  expect(timeOf('user_7zzzzzzzzzzzzzzzzzzzzzzzzz')).toBeNull();
});

test('an id of something else is refused with both names and without its value', () => {
  const message = newId('msg');
  const refusal = 'The conversation id must be of a conversation (conv_…). This is the id of a message.';
  expect(() => parseInput(id('conv', 'The conversation id'), message)).toThrow(new InvalidInput('input', refusal));
  expect(() => parseInput(id('conv', 'The conversation id'), 'x')).toThrow(/^The conversation id is not an id/);
  expect(() => lookupId('conv', message)).toThrow(
    new InvalidInput('id', 'The id must be of a conversation (conv_…). This is the id of a message.'),
  );
  for (const text of [newId('conv'), 'x', '']) expect(lookupId('conv', text)).toBe(text);
});
