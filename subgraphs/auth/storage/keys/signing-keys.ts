import type { Etcd } from '../../../../kit/discovery/etcd.ts';
import {
  ACCESS_TOKEN_SECONDS,
  generateSigningKey,
  keyPath,
  readSigningKey,
  signToken,
} from '../../../../kit/identity/tokens.ts';
import { type Database, isDuplicate } from '../../../../kit/mysql/database.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import { inBackground, untilDone } from '../../../../kit/service/background.ts';
import {
  createSigningKeys,
  type KeyDirectory,
  type KeyGenerator,
  type KeyStore,
  type SigningKeys,
  type StoredKey,
} from '../../domain/keys/signing-keys.ts';
import type { AccessTokenSigner } from '../../domain/sessions/ports.ts';

/** The name in `iss` and in the path of the keys. */
const ISSUER = 'auth';

/** Opens the keys that sign access tokens. Waits until they were read once: without keys nobody signs in. */
export async function openSigningKeys(
  database: Database,
  etcd: Etcd,
  rotationDays: number,
  log: Log,
): Promise<SigningKeys> {
  let keys: SigningKeys | undefined;
  const directory = await createKeyDirectory(etcd, () => {
    if (keys) inBackground('repair the keys', keys.repair, log);
  });
  keys = createSigningKeys(createKeyStore(database), directory, keyGenerator, rotationDays, log);
  await untilDone('read the signing keys', keys.refresh, log);
  return keys;
}

/** auth_keys. */
function createKeyStore({ prisma }: Database): KeyStore {
  return {
    list: () => prisma.authKey.findMany({ orderBy: { generation: 'asc' } }),
    async add(key) {
      try {
        await prisma.authKey.create({ data: key, select: { kid: true } });
        return true;
      } catch (error) {
        if (isDuplicate(error)) return false;
        throw error;
      }
    },
    async delete(kid) {
      await prisma.authKey.deleteMany({ where: { kid } });
    },
  };
}

/** The public halves in etcd, which every service watches. They outlive the processes of auth. */
async function createKeyDirectory(etcd: Etcd, onChange: () => void): Promise<KeyDirectory> {
  const mirror = await etcd.mirror(`keys/${ISSUER}/`);
  mirror.onChange(onChange);
  return {
    has: (kid) => mirror.entries.has(kid),
    publish: (key) => etcd.put(keyPath(ISSUER, key.kid), JSON.stringify(publicJwk(key))),
    withdraw: (kid) => etcd.delete(keyPath(ISSUER, kid)),
  };
}

const keyGenerator: KeyGenerator = {
  generate() {
    const { kid, privateKey } = generateSigningKey();
    return { kid, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
  },
};

/** The public half as a JSON Web Key (RFC 7517), without `kid`. */
export function publicJwk(key: StoredKey): Record<string, unknown> {
  return { ...readSigningKey(key.kid, key.privateKey).publicJwk };
}

/** Signs access tokens with the key that is current. */
export function createAccessTokenSigner(keys: Pick<SigningKeys, 'current'>): AccessTokenSigner {
  let signing = { kid: '', key: undefined as ReturnType<typeof readSigningKey> | undefined };
  return {
    sign(userId, sessionId, scopes) {
      const { kid, privateKey } = keys.current();
      if (signing.kid !== kid || !signing.key) signing = { kid, key: readSigningKey(kid, privateKey) };
      const key = signing.key as ReturnType<typeof readSigningKey>;
      // JWTs count in whole seconds.
      const issuedAt = Math.floor(Date.now() / 1000);
      const claims = { iss: ISSUER, sub: userId, sid: sessionId, scope: scopes.join(' '), iat: issuedAt };
      const token = signToken(key, claims, ACCESS_TOKEN_SECONDS);
      return { token, expiresAt: new Date((issuedAt + ACCESS_TOKEN_SECONDS) * 1000) };
    },
  };
}
