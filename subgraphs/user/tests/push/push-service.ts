import { createECDH, randomBytes, webcrypto } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newUuid } from '../../../../kit/base/ids.ts';
import { waitFor } from '../../../../testing/wait.ts';

const { subtle } = webcrypto;

interface Taken {
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** A push service, and the browsers that are subscribed there. It answers 201 unless a status is queued. */
export async function startPushService(host = '127.0.0.1') {
  const taken = new Map<string, Taken[]>();
  const statuses = new Map<string, number[]>();
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const path = request.url as string;
    taken.set(path, [...(taken.get(path) ?? []), { headers: request.headers, body: Buffer.concat(chunks) }]);
    response.writeHead(statuses.get(path)?.shift() ?? 201).end();
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const origin = `http://${host}:${(server.address() as AddressInfo).port}`;

  return {
    origin,
    /** A browser's subscription. `answers`: what the service says to its first pushes. */
    browser(...answers: number[]) {
      const path = `/${newUuid()}`;
      statuses.set(path, answers);
      const keys = createECDH('prime256v1');
      const publicKey = keys.generateKeys();
      const auth = randomBytes(16);
      const pushes = () => taken.get(path) ?? [];
      return {
        webPush: {
          endpoint: `${origin}${path}`,
          p256dh: publicKey.toString('base64url'),
          auth: auth.toString('base64url'),
        },
        pushes,
        /** The messages of the pushes, decrypted as a browser does. */
        messages: () =>
          Promise.all(
            pushes().map(async ({ body }) => JSON.parse(await decrypt(body, keys.getPrivateKey(), publicKey, auth))),
          ),
        until: (count: number) => waitFor(() => pushes().length >= count, { what: `${count} pushes` }),
      };
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** RFC 8291 and RFC 8188 by the other API of Node, from the receiver's side. */
async function decrypt(body: Buffer, privateKey: Buffer, publicKey: Buffer, auth: Buffer): Promise<string> {
  const salt = body.subarray(0, 16);
  const idLength = body.readUInt8(20);
  const sender = body.subarray(21, 21 + idLength);
  if (body.readUInt32BE(16) < body.length - 21 - idLength) throw new Error('more than one record');
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const part = (from: number) => publicKey.subarray(from, from + 32).toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: part(1), y: part(33), d: privateKey.toString('base64url') };
  const own = await subtle.importKey('jwk', jwk, curve, false, ['deriveBits']);
  const theirs = await subtle.importKey('raw', sender, curve, false, []);
  const shared = Buffer.from(await subtle.deriveBits({ name: 'ECDH', public: theirs }, own, 256));
  const derive = async (secret: Buffer, salted: Buffer, info: Buffer, bytes: number) => {
    const key = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
    return Buffer.from(await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: salted, info }, key, bytes * 8));
  };
  const secret = await derive(shared, auth, Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, sender]), 32);
  const content = await derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const iv = await derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const key = await subtle.importKey('raw', content, 'AES-GCM', false, ['decrypt']);
  const plain = Buffer.from(await subtle.decrypt({ name: 'AES-GCM', iv }, key, body.subarray(21 + idLength)));
  const end = plain.lastIndexOf(2);
  if (end < 0 || plain.subarray(end + 1).some((byte) => byte !== 0)) throw new Error('no end of the last record');
  return plain.subarray(0, end).toString();
}

/** The claims of a push's authorization, verified with the key that browsers subscribe to. */
export async function verifyVapid(authorization: string, publicKey: string): Promise<Record<string, unknown>> {
  const [, token = '', key] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(authorization) ?? [];
  if (key !== publicKey) throw new Error('another key');
  const [header = '', claims = '', signature = ''] = token.split('.');
  const curve = { name: 'ECDSA', namedCurve: 'P-256' };
  const verifier = await subtle.importKey('raw', Buffer.from(publicKey, 'base64url'), curve, false, ['verify']);
  const signed = Buffer.from(`${header}.${claims}`);
  const isValid = await subtle.verify(
    { name: 'ECDSA', hash: 'SHA-256' },
    verifier,
    Buffer.from(signature, 'base64url'),
    signed,
  );
  if (!isValid) throw new Error('a wrong signature');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  return { ...read(header), ...read(claims) };
}
