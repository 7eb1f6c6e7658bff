import { CloseCode } from 'graphql-ws';
import { MalformedAuthorization, type Unauthenticated } from '../base/errors.ts';
import { Refusal } from './refusal.ts';

/** At most 123 bytes: it is the reason of a close. */
const FORM = 'Send the token as {"authorization": "Bearer <access token>"} in the payload of connection_init.';
/** Names that other servers give to tokens. */
const TOKEN_NAME = /^(x[-_])?((access|auth|bearer|id|jwt|session)[-_]?)?token$|^(auth|authentication|bearer|jwt)$/i;
const TOKEN_VALUE = /^(bearer\s|eyJ[\w-]+\.)/i;

/**
 * Reads the authorization in the payload of `connection_init`, in the spellings that documentation of clients
 * shows: `authorization` in any case, the same in `headers`, and Apollo's `authToken`, the bare token. A
 * token under another name is refused: its socket would be acknowledged as nobody's and fail later,
 * elsewhere.
 * @throws Refusal
 */
export function authorizationOf(payload: Record<string, unknown>): unknown {
  const { headers } = payload;
  const given = Object.entries(payload);
  if (typeof headers === 'object' && headers !== null) given.push(...Object.entries(headers));
  const said = given.filter(([, value]) => value !== null && value !== '');
  const authorization = said.find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  if (authorization !== undefined) return authorization;
  const { authToken } = payload;
  if (typeof authToken === 'string' && authToken !== '')
    return /^bearer\s/i.test(authToken) ? authToken : `Bearer ${authToken}`;
  const isToken = ([name, value]: [string, unknown]) =>
    typeof value === 'string' && (TOKEN_NAME.test(name) || TOKEN_VALUE.test(value));
  if (said.some(isToken)) throw new Refusal(CloseCode.BadRequest, FORM);
  return undefined;
}

/** The close code and reason of a socket whose token is refused. */
export function refusalOf(error: Unauthenticated): Refusal {
  // 4403 asks the client to reconnect with the next token, which would not help here.
  if (error instanceof MalformedAuthorization) return new Refusal(CloseCode.BadRequest, FORM);
  const hasEnded = error.reason === 'SESSION_ENDED';
  return new Refusal(hasEnded ? CloseCode.Unauthorized : CloseCode.Forbidden, error.reason);
}
