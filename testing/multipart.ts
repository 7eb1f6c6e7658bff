/** A form as `begin` and `end` surround its parts; `boundary` is what its content type names. */
export interface Form {
  contentType: string;
  body: Buffer;
}

const BOUNDARY = 'b0undary';

/** The parts of a form that uploads one file to the variable at `path`. */
export function uploadForm(operation: { query: string; variables: unknown }, path: string, content: string): Form {
  const parts = [
    `content-disposition: form-data; name="operations"\r\n\r\n${JSON.stringify(operation)}`,
    `content-disposition: form-data; name="map"\r\n\r\n${JSON.stringify({ 0: [path] })}`,
    `content-disposition: form-data; name="0"; filename="a.txt"\r\ncontent-type: text/plain\r\n\r\n${content}`,
  ];
  return formOf(parts);
}

function formOf(parts: readonly string[]): Form {
  const body = Buffer.from(`${parts.map((part) => `--${BOUNDARY}\r\n${part}\r\n`).join('')}--${BOUNDARY}--\r\n`);
  return { contentType: `multipart/form-data; boundary=${BOUNDARY}`, body };
}

/** Forms that no client would send, by what is wrong with them. */
export function brokenForms({ contentType, body }: Form): [string, Form][] {
  const whole = body.toString('latin1');
  const edited = (from: string | RegExp, to: string): Form => ({
    contentType,
    body: Buffer.from(whole.replace(from, to), 'latin1'),
  });
  const typed = (type: string): Form => ({ contentType: type, body });
  const head = /content-disposition: form-data; name="0"/;
  const map = (text: string) => edited(/\{"0":\[[^\]]*\]\}/, text);
  return [
    ['a boundary that the body has not', typed('multipart/form-data; boundary=another')],
    ['an empty boundary', typed('multipart/form-data; boundary=')],
    ['a boundary of a thousand characters', typed(`multipart/form-data; boundary=${'b'.repeat(1_000)}`)],
    ['a boundary of regular expressions', typed('multipart/form-data; boundary="(.*)+$"')],
    ['a boundary with an open quote', typed(`multipart/form-data; boundary="${BOUNDARY}`)],
    ['two boundaries', typed(`multipart/form-data; boundary=x; boundary=${BOUNDARY}`)],
    ['a content type cut short', typed('multipart/form-data;boundary')],
    ['nothing', { contentType, body: Buffer.alloc(0) }],
    ['zeros alone', { contentType, body: Buffer.alloc(1_000) }],
    ['zeros for a head', { contentType, body: Buffer.from(`--${BOUNDARY}\r\n\0\0\0\0--${BOUNDARY}--`) }],
    ['no part', { contentType, body: Buffer.from(`--${BOUNDARY}--\r\n`) }],
    ['nothing but boundaries', { contentType, body: Buffer.from(`--${BOUNDARY}\r\n`.repeat(1_000)) }],
    ['something in front', { contentType, body: Buffer.concat([Buffer.from('preamble'), body]) }],
    ['the form twice', { contentType, body: Buffer.concat([body, body]) }],
    ['lines that end with LF alone', edited(/\r\n/g, '\n')],
    ['a head without its end', edited(/\r\n\r\n/g, '\r\n')],
    ['a head without a colon', edited(head, 'content-disposition form-data')],
    ['a head of 20 kB', edited(head, `content-disposition: form-data; name="0"; x="${'y'.repeat(20_000)}"`)],
    ['two thousand headers in a head', edited(head, `${'x: y\r\n'.repeat(2_000)}content-disposition: form-data`)],
    ['a head with NUL', edited(head, 'content-disposition: form-data; name="\0"')],
    ['a name of another part', edited(head, 'content-disposition: form-data; name="constructor"')],
    ['the file first', edited('name="operations"', 'name="0"; filename="a"')],
    ['no file', edited(head, 'content-disposition: form-data; name="other"')],
    ['map before operations', edited('name="operations"', 'name="map"')],
    ['map for operations', edited('name="map"', 'name="operations"')],
    ['map is null', map('null')],
    ['map is a number', map('5')],
    ['map is a list', map('[["variables.file"]]')],
    ['map is empty', map('{}')],
    ['map names null', map('{"0":null}')],
    ['map names nothing', map('{"0":[]}')],
    ['map names an object', map('{"0":[{}]}')],
    ['map names the prototype', map('{"0":["variables.__proto__.x"]}')],
    ['map has a key of the prototype', map('{"__proto__":["variables.input"]}')],
    ['map is deep', map('['.repeat(500) + ']'.repeat(500))],
    ['operations are null', edited(/\{"query".*/, 'null')],
    ['operations are a text', edited(/\{"query".*/, '"query"')],
    ['operations are too long', edited('{"query"', `{"x":"${'x'.repeat(2_000_000)}","query"`)],
  ];
}

/** The form cut off behind each of its bytes. */
export function truncatedForms({ contentType, body }: Form): Form[] {
  return Array.from({ length: body.length }, (_, length) => ({ contentType, body: body.subarray(0, length) }));
}

/**
 * So many forms in which bytes were changed, removed, doubled and put in; the same ones for the same
 * `random`.
 */
export function scrambledForms({ contentType, body }: Form, count: number, random: (limit: number) => number): Form[] {
  const pieces = ['\r\n', '--', `--${BOUNDARY}`, `\r\n--${BOUNDARY}--`, '\0', '"', ';', ':', '{', 'name=', '\xff', '%'];
  return Array.from({ length: count }, () => {
    let bytes = body;
    for (let edit = 0; edit <= random(4); edit += 1) {
      const at = random(bytes.length);
      const end = at + random(12);
      const put = Buffer.from(random(3) === 0 ? '' : (pieces[random(pieces.length)] as string), 'latin1');
      const kept = random(3) === 0 ? bytes.subarray(at) : bytes.subarray(end);
      bytes = Buffer.concat([bytes.subarray(0, at), put, kept]);
    }
    return { contentType, body: bytes };
  });
}
