import { Forbidden, InvalidInput, NotReachable } from '../../../kit/base/errors.ts';
import { NotAMember } from './errors.ts';
import type { Membership, Message, SeqRange, ViewerConversation } from './model.ts';
import type { DirectPair, Locked } from './ports.ts';

/** The most who can be in a group, its owner included. */
const GROUP_SIZE = 501;

/** Who may see and do what. Every permission of this service is here. */

/** A message can be seen by who is in its conversation, from the entry that made them a member on. */
export function maySee(membership: Membership, message: Message): boolean {
  return membership.status === 'NORMAL' && message.seq >= membership.joinedSeq;
}

/**
 * Of the log and the messages of a conversation its viewer sees what follows the entry that made them a
 * member. What was committed after the conversation was read is left out: so its lists, its counts and its
 * head are true as of one position.
 */
export function visibleRange({ membership, headSeq }: ViewerConversation): SeqRange {
  return { fromSeq: membership.joinedSeq, toSeq: headSeq };
}

/** Whoever was written to by somebody who lets them not write may answer. */
export function isAnswer({ inviterId }: DirectPair, otherId: string): boolean {
  return inviterId === otherId;
}

/** Whom the viewer names must let them do this. @throws NotReachable */
export function requireReached(userIds: readonly string[], answers: readonly boolean[]): void {
  const unreached = userIds.filter((_, index) => answers[index] !== true);
  if (unreached.length > 0) throw new NotReachable(unreached);
}

/** The one who acts must be in the conversation now. @throws NotAMember */
export function requireMember(membership: Membership | null): Membership {
  if (membership?.status !== 'NORMAL') throw new NotAMember();
  return membership;
}

/**
 * Only the owner and the admins of a group add to it, up to its size. @throws NotAMember, Forbidden,
 * InvalidInput
 */
export function requireMayAdd({ conversation, actor }: Locked, memberCount: number): void {
  const { role } = requireMember(actor);
  if (conversation.kind !== 'GROUP')
    throw new Forbidden('A direct conversation has two people. Create a group instead.');
  if (role === 'MEMBER') throw new Forbidden('Only the owner and the admins of a group can add members.');
  if (memberCount > GROUP_SIZE) throw new InvalidInput('memberIds', `A group can have at most ${GROUP_SIZE} members.`);
}

/**
 * One leaves a group, but not a direct conversation, and a group is not left without its owner. @throws
 * NotAMember, Forbidden
 */
export function requireMayLeave({ conversation, actor }: Locked): void {
  const { role } = requireMember(actor);
  if (conversation.kind !== 'GROUP') throw new Forbidden('A direct conversation cannot be left.');
  if (role === 'OWNER') throw new Forbidden('The owner of a group cannot leave it.');
}
