import { createHmac, timingSafeEqual } from 'node:crypto';
import { isId } from '../../../../kit/base/ids.ts';
import type { Keys } from '../ports.ts';
import { isVariantName, type VariantName } from '../types.ts';

/** How long a URL is valid at least, in seconds. */
const LIFETIME = 3_600;
/** The URL of a file stays the same for this long, in seconds, so that browsers find it in their caches. */
const STEP = 600;

/** What a URL that is in order stands for, or why it is refused. */
export type LinkTarget =
  | { kind: 'valid'; fileId: string; variant: VariantName; secondsLeft: number }
  | { kind: 'unknown' | 'forged' | 'expired' };

/**
 * Download URLs: `<base>/files/<id>/<variant>?expires=<unix s>&key=<key id>&signature=<base64url
 * HMAC-SHA256>`.
 */
export interface Links {
  /** Valid for 60 to 70 minutes. */
  url(fileId: string, variant: VariantName): string;
  /** `path` and `search` (with its question mark) as they came. */
  read(path: string, search: string): Promise<LinkTarget>;
}

export function createLinks(keys: Keys, baseUrl: () => string, now: () => number = Date.now): Links {
  return {
    url(fileId, variant) {
      const expires = (Math.floor(now() / 1000 / STEP) + 1) * STEP + LIFETIME;
      const { id, secret } = keys.current();
      const signature = sign(secret, fileId, variant, expires).toString('base64url');
      return `${baseUrl()}/files/${fileId}/${variant}?expires=${expires}&key=${id}&signature=${signature}`;
    },
    async read(path, search) {
      const [, fileId = '', variant = ''] = /^\/files\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
      if (!isId('file', fileId) || !isVariantName(variant)) return { kind: 'unknown' };
      const query = new URLSearchParams(search);
      const expires = wholeNumber(query.get('expires'));
      const key = wholeNumber(query.get('key'));
      const secret = expires === null || key === null ? null : await keys.find(key);
      if (secret === null || expires === null) return { kind: 'forged' };
      const expected = sign(secret, fileId, variant, expires);
      const given = Buffer.from(query.get('signature') ?? '', 'base64url');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { kind: 'forged' };
      const secondsLeft = expires - Math.floor(now() / 1000);
      return secondsLeft > 0 ? { kind: 'valid', fileId, variant, secondsLeft } : { kind: 'expired' };
    },
  };
}

function sign(secret: Buffer, fileId: string, variant: string, expires: number): Buffer {
  return createHmac('sha256', secret).update(`${fileId}/${variant}/${expires}`).digest();
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,12}$/.test(text) ? Number(text) : null;
}
