import { NotFound } from '../../../kit/base/errors.ts';
import { type Caller, isSignedIn, isViewer, requireService } from '../../../kit/identity/caller.ts';
import type { StoredFile } from './types.ts';

// Who may see and do what. Every permission of this service is here.

/**
 * An avatar is for everybody who is signed in; every other file for its owner, and for signed-in users with a
 * valid grant: chat's statement that they were shown it. A grant is not bound to one viewer: equal answers
 * about a message are made once for all who see it. A client never sees a grant, and operations are taken
 * from gateways alone.
 */
export function mayRead(caller: Caller, file: StoredFile, hasGrant: boolean): boolean {
  if (hasGrant && isSignedIn(caller)) return true;
  return file.purpose === 'AVATAR' ? isSignedIn(caller) : isViewer(caller, file.ownerId);
}

/**
 * Strangers see of an avatar its square picture, and nothing of the original: its name is its owner's, it is
 * large, and one from before pictures were cleaned may say where it was taken.
 */
export function maySeeOriginal(caller: Caller, file: StoredFile, hasGrant: boolean): boolean {
  return file.purpose !== 'AVATAR' || hasGrant || isViewer(caller, file.ownerId);
}

/** A user's avatar is a file of their own that was uploaded as one. */
export function isAvatarOf(file: StoredFile | null, userId: string): file is StoredFile {
  return file?.ownerId === userId && file.purpose === 'AVATAR';
}

/** Only the services that use files note that they do. @throws Forbidden */
export function requireHolder(caller: Caller): void {
  requireService(caller, 'user', 'chat');
}

/**
 * A file can be used for its owner alone; somebody else's looks like one that does not exist. @throws
 * NotFound
 */
export function requireOwnedBy(file: StoredFile | null, ownerId: string): StoredFile {
  if (file?.ownerId !== ownerId) throw new NotFound('file');
  return file;
}
