import { readDisposition, writeDisposition } from '../../http/disposition.ts';

/** As a parser hands it over: a character for each byte. */
const bytes = (text: string) => Buffer.from(text).toString('latin1');
const nameOf = (parameters: string) => readDisposition(bytes(`form-data; name="0"; ${parameters}`))?.filename;

test.each([
  ['plain', 'filename="a.txt"', 'a.txt'],
  ['without quotes', 'filename=a.txt', 'a.txt'],
  ['with spaces about', ' filename = "a.txt" ; ', 'a.txt'],
  ['UTF-8 as it is', 'filename="劳动合同书 é.docx"', '劳动合同书 é.docx'],
  ['filename*', "filename*=UTF-8''%E4%BD%A0%E5%A5%BD.txt", '你好.txt'],
  ['both, of which filename* counts', `filename="nihao.txt"; filename*=utf-8'zh'%E4%BD%A0.txt`, '你.txt'],
  ['both, the other way round', `filename*=utf-8''%E4%BD%A0.txt; filename="nihao.txt"`, '你.txt'],
  ['Postman, which quotes filename*', `filename="劳.docx"; filename*="UTF-8''%E5%8A%B3.docx"`, '劳.docx'],
  ['filename* in another charset', "filename*=GB18030''%C4%E3%BA%C3.txt", '你好.txt'],
  ['filename* that cannot be read', `filename="a.txt"; filename*=UTF-8''%C4%E3`, 'a.txt'],
  ['filename* that is none', `filename="a.txt"; filename*="b.txt"`, 'a.txt'],
  ['a quote, as browsers write it', 'filename="a%22b.png"', 'a"b.png'],
  ['line breaks, as browsers write them', 'filename="a%0D%0ab.png"', 'a\r\nb.png'],
  ['other percent signs, which browsers leave', 'filename="100%25 %41 %.txt"', '100%25 %41 %.txt'],
  ['a quote, as curl writes it', String.raw`filename="a\"b.txt"`, 'a"b.txt'],
  ['a quote and a semicolon, as curl writes them', String.raw`filename="a\"; b.txt"; x=y`, 'a"; b.txt'],
  ['a backslash at the end, which browsers do not escape', String.raw`filename="a.txt\"`, ''],
  ['a path of Windows', String.raw`filename="C:\fakepath\photo.jpg"`, 'photo.jpg'],
  ['a path of Windows, escaped', String.raw`filename="C:\\fakepath\\photo.jpg"`, 'photo.jpg'],
  ['a path', 'filename="../../etc/passwd"', 'passwd'],
  ['a path in filename*', "filename*=UTF-8''..%2F..%5Cetc%5Cpasswd", 'passwd'],
  ['signs', 'filename="x; y=z,\'1\'.txt"', "x; y=z,'1'.txt"],
  ['none', 'x=y', undefined],
  ['an empty one', 'filename=""', undefined],
  ['an empty one without quotes', 'filename=', undefined],
])('the name of a file is read: %s', (_what, parameters, filename) => {
  expect(nameOf(parameters)).toBe(filename);
});

test.each([
  'attachment; name="0"',
  'form-data',
  'form-data; filename="a"',
  'form-data; name="0',
  'form-data; name="0" x',
  '',
])('is no part of a form: %s', (value) => {
  expect(readDisposition(value)).toBeNull();
});

test.each(['form-data; name="0"; filename="caf\xe9.txt"', 'form-data; name="\xc4\xe3"; filename="a"'])(
  'a name that is not UTF-8 is refused: %#',
  (value) => {
    expect(() => readDisposition(value)).toThrow('not UTF-8');
  },
);

test('whatever is read can be written and is read as the same', () => {
  const pieces = [
    'a',
    '%',
    '%22',
    '%25',
    '"',
    '\\',
    "'",
    ';',
    ' ',
    '=',
    '*',
    '你',
    '😀',
    '\r',
    '\n',
    '\t',
    '.txt',
    '(',
  ];
  let seed = 7;
  for (let round = 0; round < 2_000; round += 1) {
    let name = 'f';
    for (let length = 0; length < 6; length += 1) {
      seed = (seed * 48_271) % 2_147_483_647;
      name += pieces[seed % pieces.length];
    }
    const last = name.slice(Math.max(name.lastIndexOf('\\') + 1, 0));
    if (last === '') continue;
    expect(readDisposition(bytes(writeDisposition('0', name)))).toEqual({ name: '0', filename: last });
  }
});

test('what is written fits one line, and takes time in proportion to its length', () => {
  expect(writeDisposition('0', 'a\r\nb')).not.toMatch(/[\r\n]/);
  for (const hard of [
    '\\'.repeat(16_000),
    '"'.repeat(16_000),
    ';'.repeat(16_000),
    '\\"'.repeat(8_000),
    ' '.repeat(16_000),
  ])
    for (const value of [`form-data; name="${hard}`, `form-data; name=${hard}`, `form-data${hard}`])
      readDisposition(value);
});
