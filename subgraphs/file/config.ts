import { resolve } from 'node:path';
import { z } from 'zod';
import { pace, port, readEnvironment } from '../../kit/base/environment.ts';
import type { SlowestPace } from '../../kit/http/pace.ts';
import { SERVICES } from '../../services.ts';

export interface FileConfig {
  port: number;
  /** The folder of the bytes, absolute. All instances must see the same one. */
  storeDirectory: string;
  /**
   * What download URLs begin with, without a slash at the end; null for the address of the instance itself.
   */
  publicUrl: string | null;
  /** The largest file, in bytes. */
  maxBytes: number;
  /** The room that the files of one user have together, in bytes. */
  quotaBytes: number;
  /** How fast a file has to come. */
  slowest: SlowestPace;
}

const bytes = () => z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** @throws StartupError */
export function readFileConfig(environment = process.env): FileConfig {
  const e = readEnvironment(
    {
      FILE_PORT: port(SERVICES.file.port),
      FILE_STORE_DIR: z.string().min(1).default('.beaver/files'),
      FILE_PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
      FILE_MAX_BYTES: bytes().default(100_000_000),
      FILE_QUOTA_BYTES: bytes().default(5_000_000_000),
      ...pace,
    },
    environment,
  );
  return {
    port: e.FILE_PORT,
    storeDirectory: resolve(e.FILE_STORE_DIR),
    publicUrl: e.FILE_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    maxBytes: e.FILE_MAX_BYTES,
    quotaBytes: e.FILE_QUOTA_BYTES,
    // Twice the gateway's window: it looks at its clients first, and its word reaches them as an HTTP status.
    slowest: { bytesPerSecond: e.UPLOAD_MIN_BYTES_PER_SECOND, windowMs: 2 * e.UPLOAD_WINDOW_MS },
  };
}
