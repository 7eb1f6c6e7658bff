import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/**
 * A WebSocket of a load generator: as little work for each message as possible, as it shares the machine with
 * what is measured. Text messages of one frame only, which is all that the servers here send.
 */
export interface LeanSocket {
  send(text: string): void;
  /** Ends it at once. */
  close(): void;
}

export interface LeanEvents {
  onOpen(): void;
  onMessage(payload: Buffer): void;
  /**
   * Once, however it ended or failed: the code of the close, the HTTP status that refused it, the network's
   * error code, or 1006 where there was none of them.
   */
  onClose(reason: number | string): void;
}

const TEXT = 0x81;
const PONG = 0x8a;
const NO_CODE = 1006;

/** Opens `ws://host:port/path` with the subprotocol graphql-transport-ws. */
export function openLeanSocket(url: string, events: LeanEvents): LeanSocket {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let rest: Buffer | null = null;
  let isOpen = false;
  let isClosed = false;
  let reason: number | string = NO_CODE;
  const end = () => {
    if (isClosed) return;
    isClosed = true;
    socket.destroy();
    events.onClose(reason);
  };
  socket.on('connect', () => socket.write(upgrade(pathname, `${hostname}:${port}`)));
  socket.on('error', (error: NodeJS.ErrnoException) => {
    reason = error.code ?? reason;
    end();
  });
  socket.on('close', end);
  socket.on('data', (chunk) => {
    let data: Buffer = rest ? Buffer.concat([rest, chunk]) : chunk;
    rest = null;
    if (!isOpen) {
      const at = data.indexOf('\r\n\r\n');
      if (at < 0) {
        rest = data;
        return;
      }
      const status = Number(data.toString('latin1', 9, 12));
      if (status !== 101) {
        reason = status;
        return end();
      }
      isOpen = true;
      data = data.subarray(at + 4);
      events.onOpen();
    }
    rest = readFrames(data, (opcode, payload) => {
      if (opcode === 1) events.onMessage(payload);
      else if (opcode === 9) write(socket, PONG, payload);
      else if (opcode === 8) {
        if (payload.length >= 2) reason = payload.readUInt16BE(0);
        end();
      }
      return !isClosed;
    });
  });
  return { send: (text) => write(socket, TEXT, Buffer.from(text)), close: end };
}

/** Calls `onFrame` for each whole frame until it says no; returns what is left over. */
function readFrames(data: Buffer, onFrame: (opcode: number, payload: Buffer) => boolean): Buffer | null {
  let at = 0;
  while (at + 2 <= data.length) {
    let length = (data[at + 1] as number) & 0x7f;
    let start = at + 2;
    if (length === 126) {
      if (at + 4 > data.length) break;
      length = data.readUInt16BE(at + 2);
      start = at + 4;
    } else if (length === 127) {
      if (at + 10 > data.length) break;
      length = Number(data.readBigUInt64BE(at + 2));
      start = at + 10;
    }
    if (start + length > data.length) break;
    const goesOn = onFrame((data[at] as number) & 0x0f, data.subarray(start, start + length));
    at = start + length;
    if (!goesOn) return null;
  }
  return at === data.length ? null : data.subarray(at);
}

/**
 * Writes one frame. Its mask is zero: a client has to mask, and this mask leaves the bytes as they are. What
 * one turn of the event loop sends goes out in one write, or the generator would need more of the machine
 * than what it measures.
 */
function write(socket: Socket, first: number, payload: Buffer): void {
  const { length } = payload;
  const long = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + long + 4);
  head[0] = first;
  head[1] = 0x80 | (long === 0 ? length : long === 2 ? 126 : 127);
  if (long === 2) head.writeUInt16BE(length, 2);
  if (long === 8) head.writeBigUInt64BE(BigInt(length), 2);
  if (socket.writableCorked === 0) {
    socket.cork();
    process.nextTick(() => socket.uncork());
  }
  socket.write(Buffer.concat([head, payload]));
}

function upgrade(path: string, host: string): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Protocol: graphql-transport-ws',
    '\r\n',
  ].join('\r\n');
}
