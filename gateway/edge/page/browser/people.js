// The people who are signed in, each with tokens and a socket of their own.
import { createClient } from 'graphql-ws';
import { post, url } from './graph.js';

/** An access token is exchanged this long before it expires. */
const RENEW_BEFORE_MS = 60_000;
/** A request does not start with a token that expires sooner than this. */
const LEEWAY_MS = 5_000;
/** The range of the first pause before a socket connects again, and the longest. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [2_000, 30_000];
/** Close codes after which the same client would only be refused again. */
const FINAL_CODES = new Set([1009, 4400, 4406, 4409, 4429]);
const SESSION_ENDED = 4401;
/**
 * How graphql-ws closes a connection that we terminate: it connects again after it, as after no other code
 * without fail.
 */
const TERMINATED = 4499;

const TOKENS = 'tokens { accessToken refreshToken } user { id userName }';
const SIGN_IN = {
  register: `mutation ($input: RegisterInput!) {
    register(input: $input) { ... on RegisterPayload { ${TOKENS} } ... on UserError { message } }
  }`,
  logIn: `mutation ($input: LogInInput!) {
    logIn(input: $input) { ... on LogInPayload { ${TOKENS} } ... on UserError { message } }
  }`,
};
const REFRESH = `mutation ($input: RefreshSessionInput!) {
  refreshSession(input: $input) { ... on RefreshSessionPayload { ${TOKENS} } ... on UserError { message } }
}`;
const RENEW_CONNECTION = `mutation ($input: RenewConnectionInput!) {
  renewConnection(input: $input) { __typename }
}`;
const LOG_OUT = 'mutation { logOut { __typename } }';

const socketUrl = new URL(url);
socketUrl.protocol = url.protocol.replace('http', 'ws');

/**
 * In the order of their sign-ins. In memory alone: a script that got into the page would find nothing in the
 * browser's storage, and tabs that shared a refresh token would have to take turns.
 */
export const people = [];
/** The person whom requests are made as, or null. */
export let current = null;

const listeners = new Set();
/** Calls back after each sign-in, log-out and switch; with a text where there is something to say. */
export function onPeople(listener) {
  listeners.add(listener);
}
function changed(text) {
  for (const listener of listeners) listener(text);
}

export function actAs(person) {
  if (person === current) return;
  current = person;
  changed();
}

/** Signs in by a form: `register` or `logIn`. Returns what is wrong, or undefined. */
export async function signInBy(action, input) {
  const result = await post({ query: SIGN_IN[action], variables: { input } });
  if (follow(result, { input })) return undefined;
  return result.errors?.[0]?.message ?? result.data?.[action]?.message ?? 'The graph gave no answer. Try again.';
}

/** Signs in whoever an answer has tokens of, whichever way it was asked for. Returns whether it had some. */
export function follow(result, variables) {
  const payload = payloadOf(result);
  if (!payload) return false;
  const { sub: id, sid: sessionId } = claimsOf(payload.tokens.accessToken);
  const known = people.find((person) => person.id === id);
  if (known?.sessionId === sessionId) {
    takeTokens(known, payload.tokens);
    return true;
  }
  const { userName, login } = variables?.input ?? {};
  const name = payload.user?.userName ?? userName ?? known?.name ?? login ?? 'somebody';
  const person = { id, sessionId, name, tokens: null, isConnected: false, isGone: false };
  person.socket = openSocket(person);
  takeTokens(person, payload.tokens);
  if (known) {
    close(known);
    people[people.indexOf(known)] = person;
  } else {
    people.push(person);
  }
  current = person;
  changed(`${name} is signed in, in this page's memory only: a reload signs out.`);
  return true;
}

export async function logOut(person) {
  const headers = await headersOf(person).catch(() => null);
  forget(person, `${person.name} is signed out.`);
  if (headers) await post({ query: LOG_OUT }, headers).catch(() => undefined);
}

/** What a request of a person sends as headers; nothing for nobody. */
export async function headersOf(person) {
  return person ? { authorization: `Bearer ${await freshToken(person, LEEWAY_MS)}` } : {};
}

function close(person) {
  person.isGone = true;
  clearTimeout(person.renewal);
  person.socket.terminate();
}

function forget(person, text) {
  close(person);
  people.splice(people.indexOf(person), 1);
  if (current === person) current = people.at(-1) ?? null;
  changed(text);
}

/** The payload with tokens, of an answer that signs somebody in; undefined for every other. */
function payloadOf(result) {
  return Object.values(result?.data ?? {}).find((payload) => payload?.tokens?.accessToken);
}

function claimsOf(accessToken) {
  const [, claims] = accessToken.split('.');
  return JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/')));
}

const lifeOf = ({ tokens }) => claimsOf(tokens.accessToken).exp * 1000 - Date.now();

function takeTokens(person, tokens) {
  person.tokens = tokens;
  scheduleRenewal(person, lifeOf(person) - RENEW_BEFORE_MS);
  if (!person.isConnected) return;
  const { accessToken } = tokens;
  const sink = { next() {}, error() {}, complete() {} };
  person.socket.subscribe({ query: RENEW_CONNECTION, variables: { input: { accessToken } } }, sink);
}

function scheduleRenewal(person, inMs) {
  clearTimeout(person.renewal);
  // A tab may ask for the access token alone: that session lasts as long as the token.
  if (!person.tokens.refreshToken) return;
  person.renewal = setTimeout(() => {
    freshToken(person, RENEW_BEFORE_MS).catch(() => scheduleRenewal(person, LEEWAY_MS));
  }, inMs);
}

/** The person's access token, exchanged first where it expires within so many ms. */
async function freshToken(person, withinMs) {
  if (lifeOf(person) <= withinMs && person.tokens.refreshToken) {
    person.refreshing ??= refresh(person).finally(() => {
      person.refreshing = null;
    });
    await person.refreshing;
  }
  return person.tokens.accessToken;
}

async function refresh(person) {
  const { refreshToken } = person.tokens;
  const result = await post({ query: REFRESH, variables: { input: { refreshToken } } });
  const payload = payloadOf(result);
  if (payload) return takeTokens(person, payload.tokens);
  const refusal = result.data?.refreshSession?.message;
  if (refusal && !person.isGone) forget(person, `${person.name} is signed out: ${refusal}`);
  throw new Error(refusal ?? result.errors?.[0]?.message ?? 'The session could not be renewed.');
}

/**
 * A socket that connects again as PROTOCOL.md asks for. It is open while something is subscribed to over it.
 */
function openSocket(person) {
  let failures = 0;
  const socket = createClient({
    url: socketUrl.href,
    connectionParams: () => headersOf(person),
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => !person.isGone,
    retryWait() {
      const range = Math.min(FIRST_PAUSE_MS * 2 ** failures++, LONGEST_PAUSE_MS);
      return new Promise((resolve) => setTimeout(() => person.isGone || resolve(), Math.random() * range));
    },
    on: {
      connected() {
        failures = 0;
        person.isConnected = true;
      },
      closed({ code }) {
        person.isConnected = false;
        if (person.isGone) return;
        if (code === SESSION_ENDED) forget(person, `The session of ${person.name} has ended. Sign in again.`);
        else if (!FINAL_CODES.has(code) && code !== TERMINATED) socket.terminate();
      },
    },
  });
  return socket;
}
