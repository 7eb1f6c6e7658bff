/** Sockets by session: the end of a session ends its sockets. */
export interface Sessions<Member> {
  of(sessionId: string): readonly Member[];
  /** Moves a member between sessions; undefined is none. */
  move(member: Member, from: string | undefined, to: string | undefined): void;
}

export function createSessions<Member>(): Sessions<Member> {
  // Arrays, not sets: nearly all have one member, and there are many.
  const members = new Map<string, Member[]>();
  function leave(sessionId: string, member: Member): void {
    const left = members.get(sessionId) ?? [];
    const at = left.indexOf(member);
    if (at >= 0) left.splice(at, 1);
    if (left.length === 0) members.delete(sessionId);
  }

  return {
    of: (sessionId) => members.get(sessionId) ?? [],
    move(member, from, to) {
      if (from === to) return;
      if (from !== undefined) leave(from, member);
      if (to === undefined) return;
      const joined = members.get(to);
      if (joined) joined.push(member);
      else members.set(to, [member]);
    },
  };
}
