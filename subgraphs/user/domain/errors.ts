import { UserError } from '../../../kit/base/errors.ts';

/** A friend request to someone who is a friend already. */
export class AlreadyFriends extends UserError {
  constructor() {
    super('AlreadyFriends', 'ALREADY_FRIENDS', 'You are friends already.');
  }
}

/** The request ended otherwise before. `status` as in "accepted". */
export class FriendRequestClosed extends UserError {
  constructor(status: string) {
    super('FriendRequestClosed', 'FRIEND_REQUEST_CLOSED', `This friend request was ${status} already.`);
  }
}

/** The viewer wants something of somebody whom they have blocked. */
export class UserBlocked extends UserError {
  constructor() {
    super('UserBlocked', 'USER_BLOCKED', 'You have blocked this user. Unblock them first.');
  }
}
