/* global React, ReactDOM, GraphiQL */
// What runs in the browser: GraphiQL over HTTP and graphql-transport-ws, and the form that signs somebody in through the graph itself.
import { createClient } from './graphql-ws/client.js';
import { story } from './story.js';

const url = new URL(location.pathname, location.href);
const socketUrl = new URL(url);
socketUrl.protocol = url.protocol.replace('http', 'ws');

/** Before its end a token is exchanged, this long, in ms. */
const MARGIN = 60_000;

const TOKENS = '{ ... on UserError { message } ... on PAYLOAD { tokens { accessToken refreshToken } } }';
const SIGN_IN = {
  register: `mutation ($input: RegisterInput!) { register(input: $input) ${TOKENS.replace('PAYLOAD', 'RegisterPayload')} }`,
  logIn: `mutation ($input: LogInInput!) { logIn(input: $input) ${TOKENS.replace('PAYLOAD', 'LogInPayload')} }`,
};
const REFRESH = `mutation ($input: RefreshSessionInput!) {
  refreshSession(input: $input) ${TOKENS.replace('PAYLOAD', 'RefreshSessionPayload')}
}`;
const LOG_OUT = 'mutation { logOut { __typename } }';

/**
 * Who is signed in: `{name, accessToken, refreshToken}`, or null. In memory alone: a copy of the tab would use the same refresh token a second time, which ends
 * the session.
 */
let session = null;
let socket = null;
let renewal;

const element = (id) => document.getElementById(id);
const say = (text) => {
  element('note').textContent = text;
};
const authorization = () => (session ? { authorization: `Bearer ${session.accessToken}` } : {});

function openSocket() {
  return createClient({ url: socketUrl.href, connectionParams: authorization });
}

async function post(operation, headers = authorization()) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify(operation),
  });
  return response.json();
}

/** The payload with tokens, of an answer that signs somebody in; undefined for every other. */
function payloadOf(result) {
  return Object.values(result?.data ?? {}).find((payload) => payload?.tokens?.accessToken);
}

/** Another session: what was begun over the socket of the one before ends. */
function signIn(next) {
  session = next;
  socket?.dispose();
  socket = openSocket();
  scheduleRenewal();
  element('sign-in').hidden = session !== null;
  element('signed-in').hidden = session === null;
  element('who').textContent = session?.name ?? '';
  say('');
}

function scheduleRenewal() {
  clearTimeout(renewal);
  if (!session?.refreshToken) return;
  const [, claims] = session.accessToken.split('.');
  const { exp } = JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/')));
  renewal = setTimeout(renew, exp * 1000 - Date.now() - MARGIN);
}

/** Over the socket, which goes on with the new token, and its subscriptions with it. */
function renew() {
  const { refreshToken } = session;
  socket.subscribe(
    { query: REFRESH, variables: { input: { refreshToken } } },
    {
      next(result) {
        if (session?.refreshToken !== refreshToken) return;
        session = { ...session, ...payloadOf(result)?.tokens };
        if (session.refreshToken !== refreshToken) scheduleRenewal();
        else signIn(null);
      },
      error: () => signIn(null),
      complete() {},
    },
  );
}

/** Whoever signs in by an operation of a tab is signed in here too: the other tabs go on with it. */
function follow(result, variables) {
  const payload = payloadOf(result);
  if (!payload) return;
  const { userName, login } = variables?.input ?? {};
  signIn({ name: userName ?? login ?? session?.name ?? 'somebody', ...payload.tokens });
}

function isSubscription({ documentAST }, operationName) {
  const operations = documentAST?.definitions.filter(({ kind }) => kind === 'OperationDefinition') ?? [];
  const asked = operations.find(({ name }) => !operationName || name?.value === operationName);
  return asked?.operation === 'subscription';
}

/** What GraphiQL asks. Headers of the tab's own go before those of the session; a socket has that of the session only. */
async function fetcher(operation, options = {}) {
  if (isSubscription(options, operation.operationName)) return socket.iterate(operation);
  const result = await post(operation, { ...authorization(), ...options.headers });
  follow(result, operation.variables);
  return result;
}

element('sign-in').addEventListener('submit', async (event) => {
  event.preventDefault();
  const action = event.submitter?.value ?? 'logIn';
  const { login, email, password } = Object.fromEntries(new FormData(event.target));
  const deviceName = 'The page';
  const input =
    action === 'register' ? { userName: login, email, password, deviceName } : { login, password, deviceName };
  try {
    const result = await post({ query: SIGN_IN[action], variables: { input } });
    follow(result, { input });
    if (!payloadOf(result)) say(result.errors?.[0]?.message ?? result.data[action].message);
  } catch {
    say('The graph does not answer.');
  }
});

element('signed-in').addEventListener('submit', (event) => {
  event.preventDefault();
  const headers = authorization();
  signIn(null);
  void post({ query: LOG_OUT }, headers);
});

signIn(null);
ReactDOM.createRoot(element('graph')).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultTabs: story.map(({ query, variables }) => ({
      query,
      variables: variables ? JSON.stringify(variables, null, 2) : null,
    })),
    defaultEditorToolsVisibility: 'variables',
    // They may hold a token.
    shouldPersistHeaders: false,
  }),
);
