import { writeDisposition } from '../../kit/http/disposition.ts';
import { createPace, type SlowestPace } from '../../kit/http/pace.ts';
import { fileOf, type UploadedFile } from '../../kit/http/uploads.ts';

/** A file and the path of its variable. */
export interface FoundFile {
  path: string;
  file: Promise<UploadedFile>;
}

/** Nesting limit, deeper than any input type: deeper variables are an attack on the stack. */
const MAX_DEPTH = 32;

/**
 * Takes the files out of variables and leaves null in their place, as the multipart request specification
 * sends them.
 */
export function takeFiles(variables: Record<string, unknown>): {
  variables: Record<string, unknown>;
  files: FoundFile[];
} {
  const files: FoundFile[] = [];
  const take = (value: unknown, path: string, depth: number): unknown => {
    const file = fileOf(value);
    if (file) {
      files.push({ path, file });
      return null;
    }
    if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
    if (Array.isArray(value)) return value.map((item, index) => take(item, `${path}.${index}`, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, take(item, `${path}.${name}`, depth + 1)]),
    );
  };
  return { variables: take(variables, 'variables', 0) as Record<string, unknown>, files };
}

/** A file exceeded the limit. What was sent of it is worth nothing. */
export class FileTooLarge extends Error {}

/** A multipart body that is streamed: no part of a file is kept. */
export interface StreamedBody {
  contentType: string;
  chunks: AsyncIterable<Buffer>;
  /**
   * The fault of the client that ended the body early; undici reports only that it ended. Null for other
   * causes.
   */
  readonly failure: unknown;
  /** Whether the body was sent whole: the service may then have executed the operation. */
  readonly isWhole: boolean;
}

/** `operation` is the operation and its variables as JSON text, with null in the place of each file. */
export function streamMultipart(
  operation: string,
  files: readonly FoundFile[],
  boundary: string,
  slowest: SlowestPace,
): StreamedBody {
  const pace = createPace(slowest);
  let failure: unknown = null;
  let isWhole = false;

  /** Reads from the client. An end of the body at any other place is no fault of the client. */
  async function fromClient<T>(read: () => Promise<T> | T): Promise<T> {
    try {
      return await read();
    } catch (error) {
      failure = (error as { status?: number }).status === 413 ? new FileTooLarge() : error;
      throw error;
    }
  }

  async function* content({ createReadStream }: UploadedFile): AsyncGenerator<Buffer> {
    const stream = await fromClient(createReadStream);
    const chunks = pace.read(stream);
    try {
      for (;;) {
        const { done, value } = await fromClient(() => chunks.next());
        if (done) break;
        yield value;
      }
    } finally {
      await chunks.return(undefined);
    }
    // A truncated stream ends like a complete one.
    if (stream.truncated) {
      failure = new FileTooLarge();
      throw failure;
    }
  }

  async function* write(): AsyncGenerator<Buffer> {
    const map = Object.fromEntries(files.map(({ path }, index) => [index, [path]]));
    yield Buffer.from(field(boundary, 'operations', operation) + field(boundary, 'map', JSON.stringify(map)));
    // In the order of arrival: waiting for a file while another one is ahead of it in the request would never
    // end.
    const waiting = new Map(files.map(({ file }, index) => [index, file.then((arrived) => ({ index, arrived }))]));
    while (waiting.size > 0) {
      const { index, arrived } = await fromClient(() => pace.next(Promise.race(waiting.values())));
      waiting.delete(index);
      yield Buffer.from(fileHead(boundary, index, arrived));
      yield* content(arrived);
      yield Buffer.from('\r\n');
    }
    isWhole = true;
    yield Buffer.from(`--${boundary}--\r\n`);
  }

  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    chunks: write(),
    get failure() {
      return failure;
    },
    get isWhole() {
      return isWhole;
    },
  };
}

function field(boundary: string, name: string, value: string): string {
  return `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

const MIME_TYPE = /^[\w.+-]+\/[\w.+-]+$/;

function fileHead(boundary: string, index: number, { filename, mimetype }: UploadedFile): string {
  const type = MIME_TYPE.test(mimetype) ? mimetype : 'application/octet-stream';
  return `--${boundary}\r\ncontent-disposition: ${writeDisposition(String(index), filename)}\r\ncontent-type: ${type}\r\n\r\n`;
}
