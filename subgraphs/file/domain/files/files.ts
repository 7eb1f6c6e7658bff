import { z } from 'zod';
import { InvalidInput, Unauthenticated } from '../../../../kit/base/errors.ts';
import { id, lookupId, parseInput } from '../../../../kit/base/input.ts';
import { type Caller, requireSignedIn, requireViewer } from '../../../../kit/identity/caller.ts';
import type { TokenVerifier } from '../../../../kit/identity/tokens.ts';
import { isAvatarOf, mayRead, maySeeOriginal, requireHolder, requireOwnedBy } from '../policies.ts';
import type { FileRecords } from '../ports.ts';
import type { FileView, Purpose, StoredFile, VariantName } from '../types.ts';
import type { Links } from './links.ts';

const attachInput = z.object({
  fileId: id('file', 'The file id'),
  ownerId: id('user', 'The owner id'),
  holder: z
    .string()
    .regex(/^[\w:.-]{1,100}$/, 'The holder must be 1 to 100 of the characters a-z, A-Z, 0-9, ":", "_", "-" and ".".'),
  purpose: z.enum(['MESSAGE', 'AVATAR']),
});

/** What strangers see of an avatar. */
const SQUARE: VariantName = 'avatar-512';

/** What one caller may see of files and do with them, for the length of one operation. */
export interface Files {
  /** A file of the viewer's own; null otherwise. @throws Unauthenticated, InvalidInput */
  own(fileId: string): Promise<FileView | null>;
  /**
   * A file that another service refers to: given to its owner, to any signed-in user with a valid grant for
   * it, and, if it is an avatar, to any signed-in user; null otherwise, so that nobody learns whether it
   * exists.
   */
  referenced(fileId: string, grant: string | null | undefined): Promise<FileView | null>;
  /**
   * Where the avatar of a user is: only if the file is theirs and was uploaded as an avatar. @throws
   * Unauthenticated
   */
  avatarUrl(userId: string, fileId: string | null | undefined, variant: VariantName): Promise<string | null>;
  /** How a file that its owner just stored looks to them. */
  view(file: StoredFile, grant?: string | null): FileView;
  /**
   * Notes that something needs the file. @throws NotFound, InvalidInput; Forbidden for whoever is not the
   * user or chat service
   */
  attach(input: { fileId: string; ownerId: string; holder: string; purpose: Purpose }): Promise<FileView>;
}

export interface FilePorts {
  records: FileRecords;
  links: Links;
  verifier: TokenVerifier;
}

/** `load` gives a complete file or null; the reads of one operation go to storage together. */
export function createFiles(
  caller: Caller,
  load: (fileId: string) => Promise<StoredFile | null>,
  ports: FilePorts,
): Files {
  const { records, links, verifier } = ports;

  function view(file: StoredFile, grant: string | null = null): FileView {
    const { id, name, contentType, size, width, height, createdAt } = file;
    const hasThumbnail = file.variants.some((variant) => variant.name === 'thumbnail');
    const thumbnailUrl = hasThumbnail ? links.url(id, 'thumbnail') : null;
    const square = file.variants.find((variant) => variant.name === SQUARE);
    if (square && !maySeeOriginal(caller, file, grant !== null)) {
      const { name: variant, ...shown } = square;
      return { id, grant, name: 'avatar.webp', ...shown, createdAt, url: links.url(id, variant), thumbnailUrl };
    }
    const url = links.url(id, 'original');
    return { id, grant, name, contentType, size, width, height, createdAt, url, thumbnailUrl };
  }

  /** Whether chat has signed, not long ago, that the one who brings this may read the file. */
  function covers(grant: string, fileId: string): boolean {
    try {
      const claims = verifier.verify(grant);
      return claims.iss === 'chat' && claims.aud === 'file' && claims.sub === fileId;
    } catch (error) {
      if (error instanceof Unauthenticated) return false;
      throw error;
    }
  }

  return {
    view,
    async own(fileId) {
      const { userId } = requireViewer(caller);
      const file = await load(lookupId('file', fileId));
      return file?.ownerId === userId ? view(file) : null;
    },
    async referenced(fileId, grant) {
      const file = await load(fileId);
      if (!file) return null;
      const valid = grant && covers(grant, fileId) ? grant : null;
      return mayRead(caller, file, valid !== null) ? view(file, valid) : null;
    },
    async avatarUrl(userId, fileId, variant) {
      requireSignedIn(caller);
      const file = fileId ? await load(fileId) : null;
      return isAvatarOf(file, userId) ? links.url(file.id, variant) : null;
    },
    async attach(input) {
      requireHolder(caller);
      const { fileId, ownerId, holder, purpose } = parseInput(attachInput, input);
      const file = requireOwnedBy(await load(fileId), ownerId);
      if (file.purpose !== purpose) {
        throw new InvalidInput(
          'purpose',
          `The file was uploaded with purpose ${file.purpose}. Upload it with purpose ${purpose}.`,
        );
      }
      if (file.width === null) {
        throw new InvalidInput(
          'fileId',
          'The file is not an image that can be shown: send a JPEG, PNG, WebP, GIF or AVIF image.',
        );
      }
      await records.hold(fileId, holder);
      return view(file);
    },
  };
}
