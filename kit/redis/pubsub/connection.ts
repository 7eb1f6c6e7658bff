import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { RedisAddress } from '../../base/config.ts';
import type { RedisLogin } from '../login.ts';
import { encode, Refusal, type Reply, ReplyReader } from './resp.ts';

const CONNECT_TIMEOUT = 3_000;
/** A node that says nothing for this long, although it was asked, counts as gone, in ms. */
const SILENCE = 5_000;
const LONGEST_PAUSE = 1_000;
/** Bytes that may wait for a node that reads slowly; publications beyond are lost. */
const MAX_WAITING = 16 * 1024 * 1024;

/** Channels that are asked for, or given up, together. */
export interface Ask {
  /** By slot: all channels of a slot are one command. */
  channels: Map<number, string[]>;
  /** Some of them were refused, for another reason than that another node has them. */
  onRefused(error: Error): void;
  /** The node has dealt with all of them. */
  onDone(): void;
  /** The connection broke before that. */
  onLost(): void;
}

export interface ConnectionOptions {
  address: RedisAddress;
  login: RedisLogin;
  onReady(): void;
  /** It was there and is gone, or an attempt failed. `lost`: how many publications went with it. */
  onLost(error: Error, lost: number): void;
  onMessage(channel: string, message: string): void;
  /** The node ended a subscription by itself: the channel's slot went to another node. */
  onUnsubscribed(channel: string): void;
  /** Another node has this slot; `channels`: those that were asked for and are in it. */
  onMoved(slot: number, owner: string, channels: string[]): void;
  /** A publication was refused: it's lost. */
  onRefused(error: Error): void;
}

const NOTHING: Ask = { channels: new Map(), onRefused() {}, onDone() {}, onLost() {} };

/** What was sent and gets replies: channels end with one PING, publications have one reply each. */
type Sent = { ask: Ask } | { publications: number };

/**
 * A connection to one Redis, for publishing and for being told: RESP3 lets one connection do both. It has no
 * promises that somebody would have to handle, and writes what is published in one turn of the event loop at
 * once: with a client library each publication cost three times as much.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  #socket: Socket | null = null;
  #isReady = false;
  #isClosed = false;
  #attempts = 0;
  #sent: Sent[] = [];
  /** Channels that are given up: the node is about to say so. */
  readonly #leaving = new Set<string>();
  #publications = '';
  #published = 0;
  #isHeard = true;
  #heartbeat: NodeJS.Timeout;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#heartbeat = setInterval(() => this.#beat(), SILENCE).unref();
    this.#connect();
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Bytes that are written and not yet with the network. */
  get waitingBytes(): number {
    return this.#socket?.writableLength ?? 0;
  }

  /** Sends at the end of this turn of the event loop. False where the node is away: then it's lost. */
  publish(channel: string, message: string): boolean {
    if (!this.#isReady || this.waitingBytes > MAX_WAITING) return false;
    if (this.#published === 0) setImmediate(() => this.#flush());
    this.#publications += encode('SPUBLISH', channel, message);
    this.#published += 1;
    return true;
  }

  /** Subscribes to those channels that are wanted and unsubscribes from the others. Only when ready. */
  ask(ask: Ask, isWanted: (channel: string) => boolean): void {
    this.#flush();
    let commands = '';
    for (const channels of ask.channels.values()) {
      const wanted = channels.filter(isWanted);
      const others = channels.filter((channel) => !isWanted(channel));
      if (others.length > 0) commands += encode('SUNSUBSCRIBE', ...others);
      for (const channel of others) this.#leaving.add(channel);
      if (wanted.length > 0) commands += encode('SSUBSCRIBE', ...wanted);
    }
    // Confirmations are pushes, which answer no command; the reply to this says that all of them have come.
    this.#sent.push({ ask });
    this.#socket?.write(`${commands}${encode('PING')}`);
  }

  close(): void {
    this.#isClosed = true;
    this.#isReady = false;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#retry);
    this.#socket?.destroy();
  }

  #flush(): void {
    if (this.#published === 0) return;
    this.#sent.push({ publications: this.#published });
    this.#socket?.write(this.#publications);
    this.#publications = '';
    this.#published = 0;
  }

  #connect(): void {
    const { address, login } = this.#options;
    const { password, tls } = login;
    const socket = tls ? connectSecurely({ ...address, ...tls }) : connect(address);
    socket.setNoDelay(true).setKeepAlive(true);
    this.#socket = socket;
    let fault: Error | null = null;
    const fail = (error: Error) => {
      fault ??= error;
      socket.destroy();
    };
    const late = setTimeout(() => fail(new Error(`no answer within ${CONNECT_TIMEOUT} ms`)), CONNECT_TIMEOUT);
    const reader = new ReplyReader(
      (reply) => {
        if (this.#isReady) this.#onReply(reply);
        else if (reply instanceof Refusal) fail(new Error(reply.message));
        else {
          clearTimeout(late);
          this.#attempts = 0;
          this.#isReady = true;
          this.#options.onReady();
        }
      },
      (push) => this.#onPush(push),
    );
    socket.on(tls ? 'secureConnect' : 'connect', () =>
      socket.write(encode('HELLO', '3', ...(password ? ['AUTH', 'default', password] : []))),
    );
    socket.on('data', (data) => {
      this.#isHeard = true;
      reader.write(data);
    });
    socket.on('error', fail);
    socket.on('close', () => {
      clearTimeout(late);
      this.#onClose(fault ?? new Error('the connection was closed'));
    });
  }

  #onClose(error: Error): void {
    const sent = this.#sent;
    let lost = this.#published;
    this.#isReady = false;
    this.#sent = [];
    this.#leaving.clear();
    this.#publications = '';
    this.#published = 0;
    for (const one of sent) {
      if ('ask' in one) one.ask.onLost();
      else lost += one.publications;
    }
    if (this.#isClosed) return;
    this.#attempts += 1;
    this.#retry = setTimeout(() => this.#connect(), Math.min(50 * this.#attempts, LONGEST_PAUSE));
    this.#options.onLost(error, lost);
  }

  #onReply(reply: Reply): void {
    const [first] = this.#sent;
    if (first === undefined) return;
    if ('publications' in first) {
      first.publications -= 1;
      if (first.publications === 0) this.#sent.shift();
      if (reply instanceof Refusal) this.#onRefusal(reply, null);
    } else if (reply instanceof Refusal) {
      this.#onRefusal(reply, first.ask);
    } else {
      this.#sent.shift();
      first.ask.onDone();
    }
  }

  #onRefusal({ message }: Refusal, ask: Ask | null): void {
    const [, moved, owner] = /^MOVED (\d+) (\S+)$/.exec(message) ?? [];
    const slot = Number(moved);
    if (owner === undefined) {
      if (ask) ask.onRefused(new Error(message));
      else this.#options.onRefused(new Error(message));
      return;
    }
    const channels = ask?.channels.get(slot) ?? [];
    for (const channel of channels) this.#leaving.delete(channel);
    if (!ask) this.#options.onRefused(new Error(message));
    this.#options.onMoved(slot, owner, channels);
  }

  #onPush([kind, channel, message]: Reply[]): void {
    if (kind === 'smessage') this.#options.onMessage(channel as string, message as string);
    else if (kind === 'sunsubscribe' && !this.#leaving.delete(channel as string))
      this.#options.onUnsubscribed(channel as string);
  }

  /** Asks whether the node is there; one that didn't even answer since the last time is given up. */
  #beat(): void {
    if (!this.#isReady) return;
    // After what came meanwhile was read: it may be this process that stood still.
    setImmediate(() => {
      if (!this.#isReady) return;
      if (!this.#isHeard) {
        this.#socket?.destroy(new Error(`silent for ${SILENCE} ms`));
        return;
      }
      this.#isHeard = false;
      this.ask(NOTHING, () => false);
    });
  }
}
