import type { FileHandle } from 'node:fs/promises';

/**
 * Boxes of a HEIF file, such as AVIF, that belong to its pictures. Others at the top and in a track are
 * private, or nobody knows them.
 */
const KEPT = new Set('ftyp styp meta mdat moov moof mfra sidx'.split(' '));
/**
 * Boxes of `meta` that say where the items are, what they are and how they belong together; `idat` holds some
 * of them.
 */
const KEPT_IN_META = new Set('hdlr pitm iloc iinf iref iprp idat dinf grpl ipro'.split(' '));
/** `free` and `skip` are room that programs leave, with whatever stood there before. */
const PRIVATE_IN_MOVIE = new Set(['udta', 'meta', 'uuid', 'free', 'skip']);
const CONTAINERS = new Set(['moov', 'trak']);
/** Items that are no pictures: Exif, XMP (a MIME type), and what a URI names. */
const PRIVATE_ITEMS = new Set(['Exif', 'mime', 'uri ']);
/** The largest box that is read into memory; real ones have some hundred bytes. */
const MAX_BOX = 4 * 1024 * 1024;
/**
 * The most boxes of a file, and the most places of its items. Each costs some work, and a place need not even
 * take a byte.
 */
const MAX_PARTS = 4_096;

interface Box {
  type: string;
  /** Where it begins, where its content does, and where it ends. */
  start: number;
  content: number;
  end: number;
}

/**
 * Overwrites what is not a picture in a HEIF file with zeros, in place: offsets in the file stay true. How
 * the picture is turned is no Exif in HEIF but a property, which stays.
 * @throws where the file does not keep to the format
 */
export async function cleanHeif(handle: FileHandle, size: number): Promise<void> {
  const count = partCounter();
  for (let at = 0; at < size; ) {
    count();
    const head = Buffer.alloc(16);
    const { bytesRead } = await handle.read(head, 0, 16, at);
    const box = readBox(head.subarray(0, bytesRead), 0, at, size);
    if (!KEPT.has(box.type)) await erase(handle, box);
    else if (box.type === 'meta') await cleanItems(handle, await readContent(handle, box), box, size);
    else if (box.type === 'moov') await cleanMovie(handle, await readContent(handle, box), box.content);
    at = box.end;
  }
}

/** Counts parts of a file. The function throws where they are too many. */
function partCounter(): () => void {
  let parts = 0;
  return () => {
    parts += 1;
    if (parts > MAX_PARTS) throw new Error('the file has too many parts');
  };
}

/** A view of bytes that refuses to be read outside. */
class Fields {
  at: number;
  readonly bytes: Buffer;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  /** A number of 0 to 8 bytes. */
  number(length: number): number {
    let value = 0;
    for (const byte of this.take(length)) value = value * 256 + byte;
    if (!Number.isSafeInteger(value)) throw new Error('a number in the file is too large');
    return value;
  }

  text(length: number): string {
    return this.take(length).toString('latin1');
  }

  private take(length: number): Buffer {
    const taken = this.bytes.subarray(this.at, this.at + length);
    if (taken.length < length) throw new Error('a box ends too early');
    this.at += length;
    return taken;
  }
}

/**
 * Reads the head of a box at `at` in `bytes`, which stand at `offset` in the file. A box may not reach beyond
 * `limit` of the file.
 */
function readBox(bytes: Buffer, at: number, start: number, limit: number): Box {
  const fields = new Fields(bytes, at);
  const short = fields.number(4);
  const type = fields.text(4);
  const length = short === 1 ? fields.number(8) : short === 0 ? limit - start : short;
  const content = start + fields.at - at;
  const end = start + length;
  if (end < content || end > limit) throw new Error('a box does not fit into what it is in');
  return { type, start, content, end };
}

/** The boxes in the content of another one, which stands at `offset` in the file. */
function* boxesIn(bytes: Buffer, offset: number, from = 0): Generator<Box> {
  const count = partCounter();
  for (let at = from; at < bytes.length; ) {
    count();
    const box = readBox(bytes, at, offset + at, offset + bytes.length);
    yield box;
    at = box.end - offset;
  }
}

async function cleanMovie(handle: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  for (const box of boxesIn(bytes, offset)) {
    const inside = bytes.subarray(box.content - offset, box.end - offset);
    if (PRIVATE_IN_MOVIE.has(box.type)) await erase(handle, box);
    else if (CONTAINERS.has(box.type)) await cleanMovie(handle, inside, box.content);
  }
}

async function cleanItems(handle: FileHandle, bytes: Buffer, meta: Box, size: number): Promise<void> {
  const offset = meta.content;
  // After its version and flags.
  const boxes = [...boxesIn(bytes, offset, 4)];
  const inside = (type: string) => {
    const box = boxes.find((one) => one.type === type);
    return box ? bytes.subarray(box.content - offset, box.end - offset) : null;
  };
  const [items, places, references] = [inside('iinf'), inside('iloc'), inside('iref')];
  if (!items || !places) {
    // Nothing in it leads to a picture.
    await erase(handle, meta);
    return;
  }
  for (const box of boxes) if (!KEPT_IN_META.has(box.type)) await erase(handle, box);
  const ids = new Set([...privateItems(items), ...(references ? thumbnails(references) : [])]);
  const data = boxes.find((one) => one.type === 'idat');
  let erased = 0;
  for (const { id, method, from, length } of itemPlaces(places)) {
    if (!ids.has(id)) continue;
    if (method > 1 || (method === 1 && !data)) throw new Error('an item is at a place of an unknown kind');
    const [base, limit] = method === 1 && data ? [data.content, data.end] : [0, size];
    // No length means all there is, which is more than the item.
    if (length === 0 || base + from + length > limit) throw new Error('an item lies outside the file');
    erased += length;
    if (erased > size) throw new Error('items of the file cover one another');
    await zero(handle, base + from, base + from + length);
  }
}

/** The ids of the items that are no pictures, from the content of the box `iinf`. */
function privateItems(bytes: Buffer): Set<number> {
  const fields = new Fields(bytes);
  const isLong = fields.number(1) > 0;
  fields.at = 4;
  fields.number(isLong ? 4 : 2);
  const ids = new Set<number>();
  for (const box of boxesIn(bytes, 0, fields.at)) {
    if (box.type !== 'infe') continue;
    const entry = new Fields(bytes.subarray(0, box.end), box.content);
    const version = entry.number(1);
    entry.at = box.content + 4;
    const id = entry.number(version === 3 ? 4 : 2);
    entry.number(2);
    // Before version 2 every item was of a MIME type.
    if (version < 2 || PRIVATE_ITEMS.has(entry.text(4))) ids.add(id);
  }
  return ids;
}

/**
 * The ids of the items that are previews of others, from the content of the box `iref`. One may show what was
 * cut off later; browsers show the picture.
 */
function* thumbnails(bytes: Buffer): Generator<number> {
  const isLong = new Fields(bytes).number(1) > 0;
  for (const box of boxesIn(bytes, 0, 4)) {
    if (box.type === 'thmb') yield new Fields(bytes.subarray(0, box.end), box.content).number(isLong ? 4 : 2);
  }
}

/**
 * Where the items are, from the content of the box `iloc`. Method 0 is a place in the file, 1 one in `idat`.
 */
function* itemPlaces(bytes: Buffer): Generator<{ id: number; method: number; from: number; length: number }> {
  const fields = new Fields(bytes);
  const version = fields.number(1);
  fields.at = 4;
  const sizes = fields.number(2);
  const [offsetSize, lengthSize, baseSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15];
  const indexSize = version > 0 ? sizes & 15 : 0;
  const idSize = version < 2 ? 2 : 4;
  const items = fields.number(idSize);
  const count = partCounter();
  for (let i = 0; i < items; i += 1) {
    count();
    const id = fields.number(idSize);
    const method = version > 0 ? fields.number(2) & 15 : 0;
    fields.number(2);
    const base = fields.number(baseSize);
    const extents = fields.number(2);
    for (let j = 0; j < extents; j += 1) {
      count();
      fields.number(indexSize);
      const from = base + fields.number(offsetSize);
      yield { id, method, from, length: fields.number(lengthSize) };
    }
  }
}

async function readContent(handle: FileHandle, box: Box): Promise<Buffer> {
  const length = box.end - box.content;
  if (length > MAX_BOX) throw new Error('a box is too large');
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await handle.read(bytes, 0, length, box.content);
  return bytes.subarray(0, bytesRead);
}

/** Makes of a box one that says nothing, of the same length. */
async function erase(handle: FileHandle, box: Box): Promise<void> {
  await handle.write('free', box.start + 4, 'latin1');
  await zero(handle, box.content, box.end);
}

async function zero(handle: FileHandle, from: number, to: number): Promise<void> {
  const zeros = Buffer.alloc(Math.min(to - from, 64 * 1024));
  for (let at = from; at < to; ) {
    at += (await handle.write(zeros, 0, Math.min(zeros.length, to - at), at)).bytesWritten;
  }
}
