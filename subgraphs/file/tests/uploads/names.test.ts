import type { StoredFile } from '../../domain/types.ts';
import { downloadName, sanitiseName } from '../../domain/uploads/names.ts';

test.each([
  ['Ünser Hund (1).jpg', 'Ünser Hund (1).jpg'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\ann\\a.txt', 'a.txt'],
  ['.htaccess', 'htaccess'],
  ['. . ', 'file'],
  ['..', 'file'],
  ['', 'file'],
  [undefined, 'file'],
  ['exe\u202Egpj.jpg', 'exegpj.jpg'],
  ['a\u0000b\r\nc\u0085.txt', 'abc.txt'],
  ['what? "this" <is>|*:.txt', 'what this is.txt'],
  ['half a pair \ud83e.txt', 'half a pair \ufffd.txt'],
  ['e\u0301.txt', '\u00e9.txt'],
  ['می\u200cخواهم.pdf', 'می\u200cخواهم.pdf'],
  ['👨‍👩‍👧‍👦 family.png', '👨‍👩‍👧‍👦 family.png'],
  [
    '🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}.png',
    '🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}.png',
  ],
  ['Donau\u00addampf.txt', 'Donau\u00addampf.txt'],
  ['葛\u{E0100}城.txt', '葛\u{E0100}城.txt'],
  ['a\u200bb\ufeff\u2066.\u200etxt\u2069', 'ab.txt'],
  ['\u00ad\u00ad', 'file'],
  ['\u200b.\u200b.\u00ad', 'file'],
])('%j becomes %j', (given, kept) => {
  expect(sanitiseName(given)).toBe(kept);
});

test('a name of any length is cut to 200 characters and keeps its extension', () => {
  expect(sanitiseName(`${'x'.repeat(3_000_000)}.jpeg`)).toBe(`${'x'.repeat(195)}.jpeg`);
  expect([...sanitiseName('🦫'.repeat(300))].length).toBe(200);
  expect(sanitiseName(`${'👨‍👩‍👧‍👦'.repeat(300)}.png`)).toBe(`${'👨‍👩‍👧‍👦'.repeat(28)}.png`);
  expect([...sanitiseName(`a.${'b'.repeat(300)}`)].length).toBe(200);
});

test('a picture made from a file is called after it', () => {
  const file = { name: 'my.holiday.jpeg' } as StoredFile;
  expect(downloadName(file, 'original')).toBe('my.holiday.jpeg');
  expect(downloadName(file, 'thumbnail')).toBe('my.holiday-thumbnail.webp');
});
