import { Unauthenticated, type UnauthenticatedReason, UserError } from '../../../kit/base/errors.ts';

/** Another account has the user name. */
export class UserNameTaken extends UserError {
  constructor() {
    super('UserNameTaken', 'USER_NAME_TAKEN', 'This user name is taken. Choose another one.');
  }
}

/** Another account has the e-mail address. */
export class EmailTaken extends UserError {
  constructor() {
    super('EmailTaken', 'EMAIL_TAKEN', 'There is an account with this e-mail address. Log in, or use another address.');
  }
}

/** No such account or a wrong password: which of the two must not be told apart. */
export class InvalidCredentials extends UserError {
  constructor() {
    super('InvalidCredentials', 'INVALID_CREDENTIALS', 'The login or the password is wrong. Check both and try again.');
  }
}

/**
 * Five wrong passwords for a login from one address, said to this address alone, and of unknown logins too.
 */
export class AccountLocked extends UserError {
  constructor(retryAfterSeconds: number) {
    const minutes = Math.ceil(retryAfterSeconds / 60);
    const time = minutes === 1 ? 'one minute' : `${minutes} minutes`;
    const message = `There were too many wrong passwords for this login from your network. Try again in ${time}.`;
    super('AccountLocked', 'ACCOUNT_LOCKED', message, { retryAfterSeconds });
  }
}

/** The refresh token belongs to no session that is remembered. */
export class InvalidRefreshToken extends UserError {
  constructor() {
    super('InvalidRefreshToken', 'INVALID_REFRESH_TOKEN', 'The refresh token is not valid. Log in again.');
  }
}

/**
 * The refresh token was used before, longer ago than a lost answer explains or before its successor was used,
 * so its session is over.
 */
export class RefreshTokenReused extends UserError {
  constructor() {
    const message = 'The refresh token was used before. The session was ended for safety; log in again.';
    super('RefreshTokenReused', 'REFRESH_TOKEN_REUSED', message);
  }
}

/** The session of the refresh token was ended, or was not used for 30 days. */
export class SessionEnded extends UserError {
  constructor() {
    super('SessionEnded', 'SESSION_ENDED', 'This session has ended. Log in again.');
  }
}

/** Why a token cannot take over a connection. */
export type AccessTokenFault = Exclude<UnauthenticatedReason, 'TOKEN_MISSING'> | 'OTHER_USER';

const OTHER_USER = 'The access token is of another user. Open another socket with it.';

/** The access token that was handed in cannot renew the connection. */
export class InvalidAccessToken extends UserError {
  constructor(reason: AccessTokenFault) {
    const message = reason === 'OTHER_USER' ? OTHER_USER : new Unauthenticated(reason).message;
    super('InvalidAccessToken', 'INVALID_ACCESS_TOKEN', message, { reason });
  }
}
