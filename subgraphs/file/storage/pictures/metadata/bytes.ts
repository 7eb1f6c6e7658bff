import type { FileHandle } from 'node:fs/promises';

const CHUNK = 256 * 1024;
/**
 * The most segments, chunks, extensions or frames of a file. Each costs some work, however small it is; a
 * long animation has some thousands.
 */
const MAX_PARTS = 65_536;

/** Reads a file from its start to its end, with one chunk of it in memory. */
export class Reader {
  #handle: FileHandle;
  #buffer = Buffer.alloc(CHUNK);
  #start = 0;
  #end = 0;
  #isAtEnd = false;
  #parts = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Counts a part of the file. @throws where they are too many */
  beginPart(): void {
    this.#parts += 1;
    if (this.#parts > MAX_PARTS) throw new Error('the file has too many parts');
  }

  /**
   * What is at hand, at least `wanted` bytes (at most a chunk) unless the file ends before. Valid until the
   * next call.
   */
  async window(wanted: number): Promise<Buffer> {
    while (this.#end - this.#start < wanted && !this.#isAtEnd) {
      this.#buffer.copy(this.#buffer, 0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
      const { bytesRead } = await this.#handle.read(this.#buffer, this.#end, CHUNK - this.#end);
      this.#end += bytesRead;
      this.#isAtEnd = bytesRead === 0;
    }
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Goes on behind bytes that `window` gave. */
  advance(length: number): void {
    this.#start += length;
  }

  /** The next bytes, at most a chunk of them; fewer where the file ends before. */
  async take(length: number): Promise<Buffer> {
    const taken = Buffer.from((await this.window(length)).subarray(0, length));
    this.advance(taken.length);
    return taken;
  }

  /** Copies the next bytes, or leaves them out where there is no writer. False where the file ends before. */
  async copy(length: number, writer: Writer | null): Promise<boolean> {
    for (let left = length; left > 0; ) {
      const part = (await this.window(1)).subarray(0, left);
      if (part.length === 0) return false;
      await writer?.write(part);
      this.advance(part.length);
      left -= part.length;
    }
    return true;
  }
}

/** Writes a file, chunk by chunk. */
export class Writer {
  #handle: FileHandle;
  #buffer = Buffer.alloc(CHUNK);
  #used = 0;
  /** Bytes written so far. */
  size = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.size += bytes.length;
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + CHUNK - this.#used);
      this.#buffer.set(part, this.#used);
      this.#used += part.length;
      at += part.length;
      if (this.#used === CHUNK) await this.flush();
    }
  }

  async flush(): Promise<void> {
    for (let at = 0; at < this.#used; ) {
      at += (await this.#handle.write(this.#buffer, at, this.#used - at)).bytesWritten;
    }
    this.#used = 0;
  }
}

/** Exif (a TIFF file with one entry) that says how the picture is turned, and nothing else. */
export function orientationExif(orientation: number): Buffer {
  const exif = Buffer.from('4d4d002a00000008' + '0001' + '01120003000000010000' + '0000' + '00000000', 'hex');
  exif.writeUInt16BE(orientation, 18);
  return exif;
}
