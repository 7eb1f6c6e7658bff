import { cleanLabel, cleanText, codePointCount, cut, fits, isBlank, labelLimit, textLimit } from '../../base/text.ts';

const FAMILY = '👨‍👩‍👧‍👦';
const ENGLAND = '🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}';

/** Names that mean what they say: each is kept, character by character. */
const MEANT = [
  'Ada Lovelace',
  "O'Brien-Nuñez",
  'Jose\u0301',
  '王小明',
  '葛\u{E0100}城',
  '\uFA19谷', // NFC would make it 神谷, which is another person
  'علی\u200cرضا',
  'ه\u200d',
  'क्\u200dष',
  'ന്\u200d',
  'สมชาย ใจดี',
  'ᠮᠣᠩᠭᠣᠯ\u180e',
  FAMILY,
  `${ENGLAND} fan`,
  '❤\ufe0f\u200d🔥',
  '1\ufe0f\u20e3',
  '👍🏽',
  'a\u3000b\u00a0c',
];

/** What nobody sees, alone or together. */
const NOTHING = [
  '',
  ' \n\t\u3000\u00a0\u2028',
  '\u200b',
  '\u2060',
  '\u00ad',
  '\u200e\u202e\u2066\u061c',
  '\ufe0f',
  '\u3164',
  '\u115f\u1160\uffa0',
  '\u2800',
  '\u034f',
  '\u180e',
  '\ufeff',
  '\ufff9',
  '\u{1D159}',
  '\u{E0041}\u{E007F}',
  '\u0000\u0007\u009d',
];

describe('a label', () => {
  test.each(MEANT)('is kept as it is: %j', (value) => {
    expect(cleanLabel(value)).toBe(value);
    expect(isBlank(value)).toBe(false);
  });

  test.each(NOTHING)('of %j is blank', (value) => {
    expect(isBlank(cleanLabel(value))).toBe(true);
    expect(isBlank(value)).toBe(true);
  });

  test.each([
    ['  padded\u3000', 'padded'],
    ['two\r\nlines', 'two lines'],
    ['a\u2028b\u2029c\u0085d\u000be\tf', 'a b c d e f'],
    ['\u202eecila', 'ecila'],
    ['\u2067abc\u2069', 'abc'],
    ['a\u200e\u200f\u061cb', 'ab'],
    ['Al\u200bice', 'Alice'],
    ['Al\u200dice\ufe0f', 'Alice'],
    ['Донау\u00adдампф', 'Донаудампф'],
    ['علی\u200c\u200c\u200cرضا', 'علی\u200cرضا'],
    ['x\u{E0041}\u{E0042}y', 'xy'],
    ['🏴\u{E0067}', '🏴'],
    ['\u0301\u0301e\u0301', 'e\u0301'],
    ['\u0301\u200d\u0301', ''],
    ['\u3164a\u3164', 'a'],
    ['be\u0007ll\u009b', 'bell'],
    ['\u001b[31mred\u001b[0m', 'red'],
  ])('%j becomes %j', (given, kept) => {
    expect(cleanLabel(given)).toBe(kept);
  });
});

describe('a text', () => {
  test.each([...MEANT, ' indented\n\n\tcode \n', 'a\u200bb', 'Donau\u00addampf', '\u2067שלום\u2069 \u200f!', '\u0e34'])(
    'is kept as it is: %j',
    (value) => {
      expect(cleanText(value)).toBe(value);
      expect(isBlank(value)).toBe(false);
    },
  );

  test.each([
    ['a\r\nb\rc\r\r\nd', 'a\nb\nc\n\nd'],
    ['line one\u000bline two\fthree\u0085four\u2028five\u2029', 'line one\nline two\nthree\nfour\nfive\n'],
    ['\u001b[1;31merror\u001b[0m: x', 'error: x'],
    ['\u001b', ''],
    ['\u001b[', '['],
    ['it\u0092s \u0000\u007f', 'its '],
  ])('%j becomes %j', (given, kept) => {
    expect(cleanText(given)).toBe(kept);
  });
});

test('cleaning what was cleaned changes nothing, whatever it was', () => {
  const pieces = [
    ...['a', 'é', 'e\u0301', '\u0301', ' ', '\n', '\r', '\u2028', '\u001b', '[31m', '\u0000', '\u009b'],
    ...[
      '\u200c',
      '\u200d',
      '\ufe0f',
      '\u180e',
      '\u{E0100}',
      '\u202e',
      '\u00ad',
      '\u3164',
      '\u2800',
      '葛',
      'ع',
      'क्',
      'Ж',
    ],
    ...['❤', '🏴', '\u{E0067}', '\u{E007F}', '👨', '🏽', '1', '\u20e3', '\u{1D159}', '\ufff9'],
  ];
  // A generator with a fixed seed: the same inputs each time.
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  for (let round = 0; round < 20_000; round += 1) {
    const given = Array.from({ length: 1 + random(8) }, () => pieces[random(pieces.length)]).join('');
    for (const clean of [cleanLabel, cleanText]) {
      const once = clean(given);
      expect([given, clean(once)]).toEqual([given, once]);
      // Whoever sees nothing of it before sees nothing of it afterwards.
      if (isBlank(given)) expect([given, isBlank(once)]).toEqual([given, true]);
    }
    expect(cleanLabel(given)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
  }
});

describe('a limit', () => {
  test('counts characters as people do, and bounds their code points', () => {
    for (const one of ['a', '🐶', FAMILY, ENGLAND, 'e\u0301', 'क्षि', '각'.normalize('NFD')]) {
      expect([one, fits(one.repeat(7), labelLimit(7)), fits(one.repeat(8), labelLimit(7))]).toEqual([
        one,
        codePointCount(one) <= 4,
        false,
      ]);
    }
    expect(fits(FAMILY.repeat(28), labelLimit(50))).toBe(true);
    expect(fits(FAMILY.repeat(29), labelLimit(50))).toBe(false);
    expect(fits(`Z${'\u0301'.repeat(99)}`, textLimit(50))).toBe(true);
    expect(fits(`Z${'\u0301'.repeat(100)}`, textLimit(50))).toBe(false);
    expect(fits('a'.repeat(50_000_000), textLimit(50))).toBe(false);
  });

  test('cuts between characters', () => {
    expect(cut('abc', labelLimit(3))).toBe('abc');
    expect(cut('abcd', labelLimit(3))).toBe('abc');
    expect(cut(`ab${FAMILY}d`, labelLimit(3))).toBe(`ab${FAMILY}`);
    expect(cut(FAMILY.repeat(9), labelLimit(4))).toBe(FAMILY.repeat(2));
    expect(cut(`Z${'\u0301'.repeat(500)}`, labelLimit(4))).toBe('');
    for (const length of [63, 64, 65, 1000]) {
      const part = cut('👍🏽e\u0301x'.repeat(length), labelLimit(64));
      expect(fits(part, labelLimit(64))).toBe(true);
      expect(part.isWellFormed()).toBe(true);
    }
  });
});
