import type { Inspection } from '../../domain/ports.ts';
import type { Purpose } from '../../domain/types.ts';

// What the service and a process that decodes pictures say to each other.

/** A picture to work on: `directory` holds its original, and gets what is made of it. */
export interface Job {
  directory: string;
  purpose: Purpose;
  /** Whether a picture that takes long is decoded, or only called dear. */
  mayBeDear: boolean;
}

/** Why a job ended without a result. */
export type Failure =
  /** The picture is refused, for the reason that its owner is told. */
  | { kind: 'refused'; why: string }
  /** It took more than it may: the process ends, and was asked for nothing else. */
  | { kind: 'exceeded'; what: 'time' | 'memory' }
  /** The disk failed. */
  | { kind: 'system'; code: string | undefined; message: string };

/** What an inspection finds: the picture, null where the file is none, or that it is too dear for the job. */
export type Result = Inspection | 'dear' | null;

/** The end of a job. `isSpent`: the process keeps more memory than it should. */
export type Outcome = { result: Result; isSpent: boolean } | { failure: Failure };
