import type { Inspection } from '../../domain/ports.ts';
import type { Purpose } from '../../domain/types.ts';

// What the service and a process that decodes pictures say to each other.

/** A picture to work on: `directory` holds its original, and gets what is made of it. */
export interface Job {
  directory: string;
  purpose: Purpose;
}

/** Why a job ended without a result. */
export type Failure =
  /** The picture is refused, for the reason that its owner is told. */
  | { kind: 'refused'; why: string }
  /** It took more than it may: the process ends, and was asked for nothing else. */
  | { kind: 'exceeded'; what: 'time' | 'memory' }
  /** The disk failed. */
  | { kind: 'system'; code: string | undefined; message: string };

/** Sent before a picture is decoded that takes long. */
export type Notice = { isDear: true };

/**
 * The end of a job. A null result: the file is no picture. `isSpent`: the process keeps more memory than it
 * should.
 */
export type Outcome = { result: Inspection | null; isSpent: boolean } | { failure: Failure };
