import { ECDH } from 'node:crypto';
import { z } from 'zod';
import { newId } from '../../../../kit/base/ids.ts';
import { id, parseInput } from '../../../../kit/base/input.ts';
import { type Caller, requireSignedIn, requireViewer } from '../../../../kit/identity/caller.ts';
import { maySeeDevicesOf } from '../policies.ts';

/** Where a browser takes pushes, and with which keys they are encrypted: both base64url. */
export interface WebPushSubscription {
  endpoint: string;
  p256dh: string;
  auth: string;
}

export interface PushDevice {
  id: string;
  userId: string;
  sessionId: string;
  subscription: WebPushSubscription;
  registeredAt: Date;
}

export interface PushDeviceStore {
  /** The public key of this system for Web Push, base64url. */
  publicKey(): Promise<string>;
  /** Adds a device; one with the same endpoint is that device from now on. The id that it has. */
  register(device: PushDevice, mostOfUser: number): Promise<PushDevice>;
  /** Removes a device of this user. */
  remove(userId: string, deviceId: string): Promise<void>;
  /** Latest registration first. */
  list(userId: string): Promise<PushDevice[]>;
}

const MAX_DEVICES = 20;
const MAX_ENDPOINT = 1_000;
const POINT_BYTES = 65;
const SECRET_BYTES = 16;

const whichDevice = z.object({ deviceId: id('device', 'The device id') });

/** `allowsHttp`: where the operator has push services of their own in a private network. */
const newDevice = (allowsHttp: boolean) =>
  z.object({
    webPush: z.object({
      endpoint: z
        .string()
        .max(MAX_ENDPOINT, `The endpoint must have at most ${MAX_ENDPOINT} characters.`)
        .refine((text) => isEndpoint(text, allowsHttp), 'The endpoint must be an https URL without a password.')
        .transform((text) => new URL(text).href)
        .refine((text) => text.length <= MAX_ENDPOINT, `The endpoint must have at most ${MAX_ENDPOINT} characters.`),
      p256dh: bytes(POINT_BYTES, 'p256dh').refine(isPoint, 'The p256dh must be a point of the curve P-256.'),
      auth: bytes(SECRET_BYTES, 'auth'),
    }),
  });

/** Devices that get pushes: a person sees and changes their own only. */
export interface PushDevices {
  /** The public key of this system for Web Push. @throws Unauthenticated */
  webPushKey(caller: Caller): Promise<string>;
  /** @throws Unauthenticated, InvalidInput */
  register(caller: Caller, input: unknown): Promise<PushDevice>;
  /** The id of the device. Removed already, nothing changes. @throws Unauthenticated, InvalidInput */
  remove(caller: Caller, input: unknown): Promise<string>;
  /** Null unless the user is the viewer. */
  list(caller: Caller, userId: string): Promise<PushDevice[] | null>;
}

export function createPushDevices(store: PushDeviceStore, allowsHttp: boolean): PushDevices {
  const registration = newDevice(allowsHttp);
  return {
    async webPushKey(caller) {
      requireSignedIn(caller);
      return store.publicKey();
    },

    async register(caller, input) {
      const { userId, sessionId } = requireViewer(caller);
      const { webPush: subscription } = parseInput(registration, input);
      const device = { id: newId('device'), userId, sessionId, subscription, registeredAt: new Date() };
      return store.register(device, MAX_DEVICES);
    },

    async remove(caller, input) {
      const { userId } = requireViewer(caller);
      const { deviceId } = parseInput(whichDevice, input);
      await store.remove(userId, deviceId);
      return deviceId;
    },

    async list(caller, userId) {
      return maySeeDevicesOf(caller, userId) ? store.list(userId) : null;
    },
  };
}

function isEndpoint(text: string, allowsHttp: boolean): boolean {
  const url = URL.parse(text);
  const isUsual = url?.protocol === 'https:' || (allowsHttp && url?.protocol === 'http:');
  return url !== null && isUsual && url.username === '' && url.password === '';
}

/** So many bytes in base64url, with or without its padding. */
function bytes(count: number, name: string) {
  return z
    .string()
    .transform((text) => text.replace(/=+$/, ''))
    .refine(
      (text) =>
        Buffer.from(text, 'base64url').length === count &&
        Buffer.from(text, 'base64url').toString('base64url') === text,
      `The ${name} must be ${count} bytes in base64url.`,
    );
}

function isPoint(text: string): boolean {
  try {
    ECDH.convertKey(text, 'prime256v1', 'base64url', 'base64url', 'uncompressed');
    return Buffer.from(text, 'base64url')[0] === 4;
  } catch {
    return false;
  }
}
