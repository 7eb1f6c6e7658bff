import { UserError } from '../../../kit/base/errors.ts';

/** A friend request to someone who is a friend already. */
export class AlreadyFriends extends UserError {
  constructor() {
    super('AlreadyFriends', 'ALREADY_FRIENDS', 'You are friends already.');
  }
}

/** The request was answered the other way before. `status` as in "accepted". */
export class FriendRequestClosed extends UserError {
  constructor(status: string) {
    super('FriendRequestClosed', 'FRIEND_REQUEST_CLOSED', `This friend request was ${status} already.`);
  }
}
