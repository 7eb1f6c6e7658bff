// A load generator: people who come and go, each once a minute, over few sockets as a gateway has them.
import { serveParent } from './serve.ts';
import { type LeanSocket, openLeanSocket } from './socket.ts';

export interface Comers {
  url: string;
  tokens: string[];
  /** How long each is there, and how long away, in ms. */
  half: number;
}

const SOCKETS = 8;
const EVENTS = `subscription { contactEvents(device: MOBILE) { __typename
  ... on PresenceChanged { userId presence { state devices lastSeenAt } } } }`;

let delivered = 0;
let changes = 0;
let refused = 0;

serveParent({ start, count: () => ({ delivered, changes, refused }) });

/** Resolves when half of them are there, and from then on they come and go. */
async function start({ url, tokens, half }: Comers): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: SOCKETS }, () => open(url, tokens[0] as string)));
  const isThere: boolean[] = [];
  const turn = (index: number) => {
    const socket = sockets[index % SOCKETS] as LeanSocket;
    const id = String(index);
    isThere[index] = !isThere[index];
    changes += 1;
    const extensions = { authorization: `Bearer ${tokens[index]}` };
    socket.send(
      JSON.stringify(
        isThere[index] ? { id, type: 'subscribe', payload: { query: EVENTS, extensions } } : { id, type: 'complete' },
      ),
    );
  };
  for (let index = 0; index < tokens.length; index += 2) {
    turn(index);
    // So that it is a crowd, and no storm.
    if (index % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  for (let index = 0; index < tokens.length; index += 1)
    setTimeout(
      () => {
        turn(index);
        setInterval(turn, half, index);
      },
      (index / tokens.length) * half,
    );
}

function open(url: string, token: string): Promise<LeanSocket> {
  const { promise, resolve } = Promise.withResolvers<LeanSocket>();
  const socket = openLeanSocket(url, {
    onOpen: () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })),
    onMessage(payload) {
      const text = payload.toString('latin1');
      if (text.includes('PresenceChanged')) delivered += 1;
      else if (text.includes('connection_ack')) resolve(socket);
      else if (text.includes('"errors"') || text.includes('"type":"error"')) refused += 1;
    },
    onClose: (reason) => {
      throw new Error(`a socket of the load generator was closed: ${reason}`);
    },
  });
  return promise;
}
