import { z } from 'zod';
import type { Payer } from '../../../../kit/base/containers/shares.ts';
import { InvalidInput, RateLimited, Unauthenticated } from '../../../../kit/base/errors.ts';
import { newId, timeOf } from '../../../../kit/base/ids.ts';
import { clientId, optional, parseInput } from '../../../../kit/base/input.ts';
import { createPace, type Pace, type SlowestPace, TooSlow } from '../../../../kit/http/pace.ts';
import { type Caller, requireViewer, type Viewer } from '../../../../kit/identity/caller.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import { FileTooLarge, QuotaExceeded, StorageUnavailable } from '../errors.ts';
import {
  type ArrivingFile,
  type ArrivingStream,
  type Blobs,
  type FileRecords,
  type Inspector,
  type Sessions,
  StoreRefused,
  StreamBroken,
} from '../ports.ts';
import type { Purpose, StoredFile } from '../types.ts';
import { sanitiseName } from './names.ts';
import { findEarlier, fingerprintOf } from './retries.ts';

/**
 * Files of one user that may arrive at one instance at once: what they need on disk before the quota is
 * looked at is bounded by it.
 */
const MAX_PARALLEL = 10;
const RETRY_SECONDS = 5;
/** When somebody may have made room. */
const STORE_RETRY_SECONDS = 300;
/** Age from which an account counts as known, in ms: accounts that are made for an attack are younger. */
const KNOWN_AFTER = 86_400_000;

export interface UploadRules {
  /** The largest file, in bytes. */
  maxBytes: number;
  /** The room that the files of one user have together, in bytes. */
  quotaBytes: number;
  /** How fast a file has to come. */
  slowest: SlowestPace;
}

/** What a client says of a file. */
export interface UploadInput {
  purpose: Purpose;
  clientFileId?: string | null | undefined;
}

const uploadInput = z.object({ clientFileId: optional(clientId('The clientFileId')) });

/** How a file comes in. */
export interface Uploads {
  /**
   * Stores a file. It exists, whole and with its pictures, or nothing of it is left.
   * @throws FileTooLarge, QuotaExceeded, InvalidImage, InvalidInput (empty, broken off, too slow),
   * RateLimited (too many at once), StorageUnavailable, Unauthenticated (also where the session ended before
   * the file was there)
   */
  receive(caller: Caller, file: Promise<ArrivingFile>, input: UploadInput): Promise<StoredFile>;
}

export function createUploads(
  ports: { records: FileRecords; blobs: Blobs; inspector: Inspector; sessions: Sessions; log: Log },
  rules: UploadRules,
): Uploads {
  const { records, blobs, inspector, sessions, log } = ports;
  const arriving = new Map<string, number>();

  async function store(
    { viewer, address }: { viewer: Viewer; address: string | null },
    file: Promise<ArrivingFile>,
    { purpose, clientFileId }: UploadInput,
  ): Promise<StoredFile> {
    const ownerId = viewer.userId;
    // What is there already takes no more room.
    const isRetry = clientFileId ? (await records.uploaded(ownerId, clientFileId)) !== null : false;
    const room = isRetry ? rules.maxBytes : rules.quotaBytes - (await records.usage(ownerId));
    if (room <= 0) throw new QuotaExceeded(rules.quotaBytes);
    const pace = createPace(rules.slowest);
    const { name, stream } = await open(file, pace);
    const id = newId('file');
    const session = watch(viewer.sessionId);
    try {
      const received = await blobs.receive(id, stream, Math.min(rules.maxBytes, room), pace);
      if (!received)
        throw room < rules.maxBytes ? new QuotaExceeded(rules.quotaBytes) : new FileTooLarge(rules.maxBytes);
      if (received.size === 0) throw new InvalidInput('file', 'The file is empty. Send one that has content.');
      const client = clientFileId
        ? { id: clientFileId, fingerprint: fingerprintOf(purpose, name, received.sha256) }
        : null;
      const earlier = client && (await findEarlier(records, ownerId, client));
      if (earlier) {
        await undo(id);
        return earlier;
      }
      const { rewritten, ...inspection } = await inspector.inspect(
        blobs.workplace(id),
        purpose,
        payerOf(ownerId, address),
      );
      const kept = rewritten ?? received;
      const stored: StoredFile = { id, ownerId, purpose, name, ...kept, ...inspection, createdAt: new Date() };
      // A file may be under way for an hour, and whoever signs out elsewhere ends that too.
      if (session.hasEnded()) throw new Unauthenticated('SESSION_ENDED');
      const reserved = await records.reserve(stored, client, rules.quotaBytes);
      if (reserved === 'quota') throw new QuotaExceeded(rules.quotaBytes);
      // A retry that came while the first was worked on, and the first was done sooner.
      const first = reserved === 'known' && client ? await findEarlier(records, ownerId, client) : null;
      if (first) {
        await undo(id);
        return first;
      }
      await blobs.publish(id);
      await records.complete(id);
      return stored;
    } catch (error) {
      await undo(id);
      throw named(error);
    } finally {
      session.stop();
    }
  }

  /** The error that the sender is told. */
  function named(error: unknown): unknown {
    if (error instanceof StreamBroken) return incomplete();
    if (error instanceof TooSlow) return tooSlow(error);
    if (!(error instanceof StoreRefused)) return error;
    log.error({ err: error.cause }, 'the file store takes no files');
    return new StorageUnavailable(STORE_RETRY_SECONDS);
  }

  /**
   * Whether a session ends while something takes its time. Ends are forgotten when the last token has
   * expired, so one look at the end is not enough.
   */
  function watch(sessionId: string): { hasEnded(): boolean; stop(): void } {
    let hasEnded = sessions.isEnded(sessionId);
    const stop = sessions.onEnded((ended) => {
      if (ended === sessionId) hasEnded = true;
    });
    return { hasEnded: () => hasEnded, stop };
  }

  /** Leaves nothing of a file that was not stored; what cannot be removed now is found by the sweep. */
  async function undo(id: string): Promise<void> {
    try {
      // Where it is complete after all (its answer was lost), its bytes are needed.
      if (await records.release(id)) await blobs.discard(id);
    } catch (error) {
      log.warn({ err: error, fileId: id }, 'what a file upload left is for the sweep');
    }
  }

  /** The stream of the file that arrives, once the request has come to it. */
  async function open(file: Promise<ArrivingFile>, pace: Pace): Promise<{ name: string; stream: ArrivingStream }> {
    try {
      const arrived = await pace.next(file);
      return { name: sanitiseName(arrived.filename), stream: arrived.createReadStream() as ArrivingStream };
    } catch (error) {
      if (error instanceof TooSlow) throw tooSlow(error);
      // The parser passes its limit before anybody asks for the stream where the whole file came in one
      // piece.
      throw (error as { status?: number }).status === 413 ? new FileTooLarge(rules.maxBytes) : incomplete();
    }
  }

  return {
    async receive(caller, file, input) {
      const { purpose } = input;
      const { clientFileId } = parseInput(uploadInput, input);
      const viewer = requireViewer(caller);
      const { userId } = viewer;
      const count = arriving.get(userId) ?? 0;
      if (count >= MAX_PARALLEL) {
        throw new RateLimited(
          `At most ${MAX_PARALLEL} files may be uploaded at once. Wait for one to end.`,
          RETRY_SECONDS,
        );
      }
      arriving.set(userId, count + 1);
      try {
        const stored = await store({ viewer, address: caller.address }, file, { purpose, clientFileId });
        log.info(
          { fileId: stored.id, userId, size: stored.size, contentType: stored.contentType, purpose },
          'file upload stored',
        );
        return stored;
      } catch (error) {
        log.info({ userId, purpose, reason: (error as { code?: string }).code ?? 'INTERNAL' }, 'file upload refused');
        throw error;
      } finally {
        const left = (arriving.get(userId) ?? 1) - 1;
        if (left > 0) arriving.set(userId, left);
        else arriving.delete(userId);
      }
    },
  };
}

function payerOf(userId: string, address: string | null): Payer {
  const since = timeOf(userId)?.getTime() ?? Date.now();
  return { person: userId, address, isKnown: since < Date.now() - KNOWN_AFTER };
}

function tooSlow({ message }: TooSlow): InvalidInput {
  return new InvalidInput('file', message);
}

function incomplete(): InvalidInput {
  return new InvalidInput(
    'file',
    'The file did not arrive whole: it is missing in the request, was used twice, or the connection broke off. Send it again.',
  );
}
