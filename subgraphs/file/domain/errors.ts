import { UserError } from '../../../kit/base/errors.ts';

/** The file is larger than this server takes. `maxBytes` is the largest that it takes. */
export class FileTooLarge extends UserError {
  constructor(maxBytes: number) {
    super('FileTooLarge', 'FILE_TOO_LARGE', `A file may have at most ${megabytes(maxBytes)}. Send a smaller one.`, {
      maxBytes,
    });
  }
}

/** The user's files would need more room than a user has. */
export class QuotaExceeded extends UserError {
  constructor(quotaBytes: number) {
    super(
      'QuotaExceeded',
      'QUOTA_EXCEEDED',
      `Your files may have at most ${megabytes(quotaBytes)} together, and this one does not fit any more.`,
      { quotaBytes },
    );
  }
}

/** The content is not an image that can be shown. `why` is a sentence that says what is wrong with it. */
export class InvalidImage extends UserError {
  readonly why: string;

  constructor(why: string) {
    super('InvalidImage', 'INVALID_IMAGE', `${why} Send a JPEG, PNG, WebP, GIF or AVIF image.`);
    this.why = why;
  }
}

/** A client gave one id to two files, which would make a retry of one the other. */
export class ClientFileIdReused extends UserError {
  constructor() {
    super(
      'ClientFileIdReused',
      'CLIENT_FILE_ID_REUSED',
      'You used this clientFileId for a file with another content, name or purpose. Make a new id for each file.',
    );
  }
}

/** The disk takes nothing now. Nothing is wrong with the file. */
export class StorageUnavailable extends UserError {
  constructor(retryAfterSeconds: number) {
    super(
      'StorageUnavailable',
      'STORAGE_UNAVAILABLE',
      'The server cannot store files at the moment. Nothing of this one was kept: send it again later.',
      { retryAfterSeconds },
    );
  }
}

function megabytes(bytes: number): string {
  return bytes < 1_000_000 ? `${bytes} bytes` : `${Math.floor(bytes / 100_000) / 10} MB`;
}
