/**
 * What the account feed tells of: the name of a thing that a person sees. A replay gives each subject once,
 * in its present state (kit/feed).
 */
export type Subject = `${SubjectKind}:${string}`;
export type SubjectKind = 'request' | 'friend' | 'block' | 'profile' | 'settings';

export const SUBJECTS: readonly SubjectKind[] = ['request', 'friend', 'block', 'profile', 'settings'];

/** The subject of a friend request; of a user as a friend, a blocked one, a profile; of own settings. */
export function subject(kind: SubjectKind, id: string): Subject {
  return `${kind}:${id}`;
}

/** The kind and the id of a subject; null for a kind that only a newer version knows. */
export function readSubject(text: string): { kind: SubjectKind; id: string } | null {
  const at = text.indexOf(':');
  const kind = SUBJECTS.find((known) => known === text.slice(0, at));
  return kind ? { kind, id: text.slice(at + 1) } : null;
}
