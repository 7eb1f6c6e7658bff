/** How deep JSON may be nested: no operation needs a tenth of it, and whoever walks through its values must not run out of stack. */
const MAX_DEPTH = 100;
/**
 * Reads JSON that a stranger has sent. A megabyte of nothing but brackets takes the parser a fifth of a second, in which nobody else is served: so a text is
 * looked through for that first, which takes some milliseconds for a megabyte.
 * @throws Error that says what is wrong with it
 */
export function readJson(text: string): unknown {
  if (isNestedDeeply(text)) throw new Error('The JSON is nested too deeply.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('That is not JSON.');
  }
  return value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function isNestedDeeply(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return false;
}

/** Where the string that begins at a quote ends: at the next quote that is not escaped. */
function endOfString(text: string, begin: number): number {
  for (let end = text.indexOf('"', begin + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}
