/**
 * The catalogue of errors that a caller can understand. Domain code throws them; `kit/graph/results.ts` turns
 * them into members of a mutation's result union, `kit/graph/mask.ts` into GraphQL errors everywhere else.
 * Whatever is not a `UserError` is a bug or an outage and is masked there, in one place.
 */

/**
 * A named failure. `typeName` is its GraphQL type (implements `UserError`), `code` a value of the enum
 * `ErrorCode`.
 */
export class UserError extends Error {
  readonly typeName: string;
  readonly code: string;
  /** Further fields of the GraphQL type, for example `field` of InvalidInput. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(typeName: string, code: string, message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = typeName;
    this.typeName = typeName;
    this.code = code;
    this.fields = fields;
  }
}

/** A fault of one value of an input. `field` is its path inside the input: `email`, `members.2`. */
export interface InputFault {
  field: string;
  message: string;
}

/** Values of the input break rules. `message` and `field` are of the first fault; `faults` has all. */
export class InvalidInput extends UserError {
  constructor(field: string, message: string, faults: readonly InputFault[] = [{ field, message }]) {
    super('InvalidInput', 'INVALID_INPUT', message, { field, faults });
  }
}

/**
 * The thing is unknown, or not visible to the viewer: clients cannot tell the two apart. `what` as in
 * "conversation".
 */
export class NotFound extends UserError {
  constructor(what: string) {
    super('NotFound', 'NOT_FOUND', `There is no such ${what}, or you may not see it.`);
  }
}

/** The viewer may see the thing but not do this to it. */
export class Forbidden extends UserError {
  constructor(message: string) {
    super('Forbidden', 'FORBIDDEN', message);
  }
}

/**
 * These users do not let the viewer do this with them, have a block between them, or are not there: clients
 * cannot tell which.
 */
export class NotReachable extends UserError {
  constructor(userIds: readonly string[]) {
    super(
      'NotReachable',
      'NOT_REACHABLE',
      'Not everybody whom you named lets you do this. Become friends with them first, or leave them out.',
      { userIds },
    );
  }
}

/** Too many attempts; `retryAfterSeconds` says when the next can succeed. */
export class RateLimited extends UserError {
  constructor(message: string, retryAfterSeconds: number) {
    super('RateLimited', 'RATE_LIMITED', message, { retryAfterSeconds });
  }
}

/** The process is overloaded, and nothing was done. `message` says what to do. */
export class Overloaded extends UserError {
  constructor(message: string) {
    super('Overloaded', 'OVERLOADED', message);
  }
}

/** A service or base service cannot be reached, and nothing was changed. `what` as in "the file service". */
export class Unavailable extends UserError {
  constructor(what: string, cause?: unknown) {
    super('Unavailable', 'UNAVAILABLE', `Beaver cannot reach ${what} now. Nothing was changed; try again in a moment.`);
    this.cause = cause;
  }
}

/** The connection to the database broke during a change: the outcome is unknown. */
export class OutcomeUnknown extends UserError {
  constructor() {
    super(
      'OutcomeUnknown',
      'UNAVAILABLE',
      'Beaver lost its database while it did this. It may or may not have been done: look before you try again.',
    );
  }
}

/** Why a request's token was refused; the value stands in `extensions.reason`. */
export type UnauthenticatedReason = 'TOKEN_MISSING' | 'TOKEN_EXPIRED' | 'TOKEN_INVALID' | 'SESSION_ENDED';

const UNAUTHENTICATED_MESSAGES: Record<UnauthenticatedReason, string> = {
  TOKEN_MISSING: 'Sign in first: this needs an access token.',
  TOKEN_EXPIRED: 'The access token has expired. Refresh the session and try again.',
  TOKEN_INVALID: 'The access token is not valid. Sign in again.',
  SESSION_ENDED: 'This session has ended. Sign in again.',
};

/** The request has no token, or one that is refused. Always a GraphQL error, never a member of a result. */
export class Unauthenticated extends UserError {
  readonly reason: UnauthenticatedReason;

  constructor(reason: UnauthenticatedReason, message = UNAUTHENTICATED_MESSAGES[reason]) {
    super('Unauthenticated', 'UNAUTHENTICATED', message, { reason });
    this.reason = reason;
  }
}

/**
 * A subscription cannot go on, but can begin anew from the positions of its client. The gateway closes the
 * client's socket with 4205.
 */
export class Resume extends UserError {
  constructor() {
    super('Resume', RESUME, 'The server cannot go on with this subscription. Subscribe again with your positions.');
  }
}
export const RESUME = 'RESUME';

/**
 * The authorization does not have the form of a token: a bug of the client, which signing in again does not
 * mend.
 */
export class MalformedAuthorization extends Unauthenticated {
  constructor() {
    super(
      'TOKEN_INVALID',
      'The authorization is not of the form `Bearer <access token>`. Send it so, or leave it out.',
    );
  }
}

/**
 * Ends the start: the configuration or a base service is at fault. Operators see the message, without a
 * stack.
 */
export class StartupError extends Error {}

/** Message of an internal error: the request id leads to the log lines of its cause. */
export function internalMessage(requestId: string): string {
  return `Something went wrong on our side. Tell us the request id ${requestId}.`;
}
