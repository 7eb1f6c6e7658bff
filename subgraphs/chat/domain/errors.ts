import { UserError } from '../../../kit/base/errors.ts';

/** Unknown, or the viewer is not in it: the two must not be told apart. */
export class NotAMember extends UserError {
  constructor() {
    super('NotAMember', 'NOT_A_MEMBER', 'There is no such conversation, or you are not in it.');
  }
}

/** The database was lost while it committed. Not a named result: those say that nothing was sent. */
export class SendingUnknown extends UserError {
  constructor() {
    super(
      'SendingUnknown',
      'UNAVAILABLE',
      'Beaver lost its database while the message was sent. It may or may not have been; send it again with the same clientMessageId.',
    );
  }
}

/** A client gave one id to two groups, which would make the second one the first. */
export class ClientGroupIdReused extends UserError {
  constructor() {
    super(
      'ClientGroupIdReused',
      'CLIENT_GROUP_ID_REUSED',
      'You used this clientGroupId for a group with another title or other members. Make a new id for each group.',
    );
  }
}

/** A client gave one id to two messages, which would make a retry of one the other. */
export class ClientMessageIdReused extends UserError {
  constructor() {
    super(
      'ClientMessageIdReused',
      'CLIENT_MESSAGE_ID_REUSED',
      'You used this clientMessageId in this conversation for another message. Make a new id for each message.',
    );
  }
}
