import type { Readable } from 'node:stream';
import type { Payer } from '../../../kit/base/containers/shares.ts';
import type { Pace } from '../../../kit/http/pace.ts';
import type { Purpose, StoredFile, Variant } from './types.ts';

/** A file that is arriving, as the multipart parser of the kit gives it. */
export interface ArrivingFile {
  filename?: string | undefined;
  /**
   * Throws where the file broke off, or passed the parser's limit (an error whose `status` is 413), before it
   * was asked for.
   */
  createReadStream(): unknown;
}

/** The stream of an arriving file. `truncated`: the parser cut it at its limit. */
export type ArrivingStream = Readable & { truncated?: boolean };

/** The rows of files. */
export interface FileRecords {
  /** Those of the ids that are complete, in any order. */
  read(ids: readonly string[]): Promise<StoredFile[]>;
  /** Bytes of all originals of a user. */
  usage(ownerId: string): Promise<number>;
  /**
   * Writes a file that is not complete yet and counts its bytes, or does neither: `quota` where the user
   * would then have more than `quotaBytes` (two at once never pass it together), `known` where the user has a
   * file under this client id.
   */
  reserve(file: StoredFile, client: ClientFile | null, quotaBytes: number): Promise<'reserved' | 'quota' | 'known'>;
  /** The file that a user uploaded under a client id; null where there is none. */
  uploaded(ownerId: string, clientFileId: string): Promise<UploadedBefore | null>;
  /**
   * The bytes are in their place: from now on the file exists. Rejects where it was not reserved any more.
   */
  complete(id: string): Promise<void>;
  /**
   * Takes a reservation back, if there is one. Resolves to false where the file is complete: it then stays.
   */
  release(id: string): Promise<boolean>;
  /** The ids of what was reserved before this time and never completed. */
  abandoned(before: Date): Promise<string[]>;
  /** Notes that `holder` needs the file; once or more is the same. */
  hold(id: string, holder: string): Promise<void>;
}

/** The id that a client gave an upload, and what it uploads under it. */
export interface ClientFile {
  id: string;
  fingerprint: string;
}

/** An upload with a client id. `fileId` is null while its bytes are not in their place. */
export interface UploadedBefore {
  fileId: string | null;
  fingerprint: string;
}

/** How an arriving stream ended. */
export interface Received {
  size: number;
  sha256: string;
}

/**
 * The bytes on disk. What arrives is apart from what is stored, so that a crash leaves nothing that looks
 * complete.
 */
export interface Blobs {
  /**
   * Writes what arrives to disk as the original of `id`, in no more memory than a few chunks, and ends when
   * the disk has it.
   * @returns null where more than `maxBytes` came
   * @throws StreamBroken where the stream ended early, TooSlow where it does not keep the pace, StoreRefused
   */
  receive(id: string, stream: ArrivingStream, maxBytes: number, pace: Pace): Promise<Received | null>;
  /** Where the arriving original is and its variants may be written, while it is worked on. */
  workplace(id: string): Place;
  /** Moves all of the arriving file to its place, at once and for good. @throws StoreRefused */
  publish(id: string): Promise<void>;
  /** Removes whatever there is of it, arriving or stored. */
  discard(id: string): Promise<void>;
  /**
   * Removes what arrived and was not touched since this time: nobody is working on it any more. Resolves to
   * how many there were.
   */
  discardUntouched(since: Date): Promise<number>;
}

/** The disk takes nothing now: it is full, or was made read-only. `cause` is what the system said. */
export class StoreRefused extends Error {}

/** The sender went away. */
export class StreamBroken extends Error {}

/**
 * Where an original is that is worked on, and the folder into which its variants are written, each under its
 * name.
 */
export interface Place {
  directory: string;
  original: string;
}

/** What was found out about an original, and what was made of it. */
export interface Inspection {
  contentType: string;
  width: number | null;
  height: number | null;
  variants: Variant[];
  /**
   * The original as it is now, where it was written anew without what it said beside its picture; null where
   * it is as it came.
   */
  rewritten: Received | null;
}

/** Finds out what a file is from its content, and makes the pictures that its purpose wants. */
export interface Inspector {
  /**
   * Work of seconds, for the share of `payer`.
   * @throws InvalidImage where it is an image of a kind that is shown but cannot be read, or where an avatar
   * is none; RateLimited
   */
  inspect(place: Place, purpose: Purpose, payer: Payer): Promise<Inspection>;
}

/** The ends of sessions. */
export interface Sessions {
  isEnded(sessionId: string): boolean;
  /** Calls back for each session that ends from now on; returns a function that stops it. */
  onEnded(callback: (sessionId: string) => void): () => void;
}

/** The secrets that sign download URLs. */
export interface Keys {
  /** The newest. */
  current(): { id: number; secret: Buffer };
  /** The one with this id; null where there is none. */
  find(id: number): Promise<Buffer | null>;
}
