// The floors of fan-out and of memory. Fan-out: a frame is built once for each message and written to each
// socket; no schema, no log, no promise. Memory: a socket of `ws` and nothing else. It speaks just so much of
// the protocol that the same load generator can drive it.
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { serveParent } from '../load/serve.ts';

serveParent({ listen });

async function listen(): Promise<string> {
  const server = createServer();
  const protocol = new WebSocketServer({ noServer: true, handleProtocols: ([first]) => first ?? false });
  const readers = new Set<Socket>();
  let seq = 1;
  server.on('upgrade', (request, socket, head) => {
    protocol.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => client.terminate());
      client.on('close', () => readers.delete(socket as Socket));
      client.on('message', (data) => {
        const message = JSON.parse(String(data));
        if (message.type === 'connection_init') client.send('{"type":"connection_ack"}');
        if (message.type !== 'subscribe') return;
        const { conversationId, clientMessageId, content } = message.payload.variables?.input ?? {};
        if (conversationId === undefined) {
          const started = { __typename: 'InboxStarted', positions: [] };
          client.send(JSON.stringify({ id: message.id, type: 'next', payload: { data: { inbox: started } } }));
          readers.add(socket as Socket);
          return;
        }
        seq += 1;
        const sent = {
          id: clientMessageId,
          content: { text: content.text.text },
          sender: { id: conversationId },
          clientMessageId: null,
        };
        const event = { __typename: 'MessageSent', conversationId, seq, message: sent };
        const payload = { data: { inbox: event } };
        const frame = toFrame(JSON.stringify({ id: conversationId, type: 'next', payload }));
        for (const reader of readers) reader.write(frame);
        const result = { __typename: 'SendMessagePayload', sentMessage: { id: clientMessageId, seq } };
        client.send(JSON.stringify({ id: message.id, type: 'next', payload: { data: { sendMessage: result } } }));
        client.send(JSON.stringify({ id: message.id, type: 'complete' }));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 8192, resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

/** A text message of 126 to 65,535 bytes as one frame of a server. */
function toFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const frame = Buffer.alloc(4 + length);
  frame[0] = 0x81;
  frame[1] = 126;
  frame.writeUInt16BE(length, 2);
  frame.write(text, 4);
  return frame;
}
