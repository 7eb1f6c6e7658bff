import { Forbidden, NotFound } from '../../../kit/base/errors.ts';
import type { Viewer } from '../../../kit/identity/caller.ts';
import type { SessionRecord } from './sessions/ports.ts';

// Who may see and do what. Every permission of this service is here.

/** Only the user sees the sessions of an account. @throws Forbidden */
export function requireOwnAccount(viewer: Viewer, accountId: string): void {
  if (viewer.userId !== accountId) throw new Forbidden('Only the user may see the sessions of an account.');
}

/** Only the user ends a session; somebody else's looks like one that does not exist. @throws NotFound */
export function requireOwnSession(viewer: Viewer, session: SessionRecord | null): SessionRecord {
  if (session?.accountId !== viewer.userId) throw new NotFound('session');
  return session;
}
