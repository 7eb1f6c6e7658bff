import { addressOf, type RedisAddress, type RedisConfig } from '../../base/config.ts';
import { askNodeWithin } from '../../redis/client.ts';
import { loginOf, type RedisLogin } from '../../redis/login.ts';
import { brief, type Fault, final, passing, TIMEOUT } from './fault.ts';

/** What is wrong with Redis, as `examineRedis` finds it; for those who tell somebody at once. */
export const checkRedis = async (c: RedisConfig) => (await examineRedis(c))?.message ?? null;

/** Null where Redis lets us in. */
export async function examineRedis(c: RedisConfig, timeout = TIMEOUT): Promise<Fault | null> {
  let login: RedisLogin;
  try {
    login = loginOf(c);
  } catch {
    return final(
      'A file with a key or certificate for Redis cannot be read: check REDIS_TLS_CA, REDIS_TLS_CERT and REDIS_TLS_KEY.',
      'ls -l "$REDIS_TLS_CA" "$REDIS_TLS_CERT" "$REDIS_TLS_KEY"',
    );
  }
  if (!('clusterNodes' in c)) {
    const { host, port } = c;
    return examineRedisAt({ host, port }, login, 'REDIS_HOST and REDIS_PORT', timeout, 'PING');
  }
  // Nodes may be away; one that knows the cluster is enough.
  const answers = await Promise.all(
    c.clusterNodes.map((node) => examineRedisAt(node, login, 'REDIS_CLUSTER_NODES', timeout, 'CLUSTER', 'INFO')),
  );
  const faults = answers.filter((answer) => answer !== null);
  if (faults.length < answers.length) return null;
  return {
    message: faults.map(({ message }) => message).join(' '),
    isFinal: faults.some(({ isFinal }) => isFinal),
    commands: [...new Set(faults.flatMap(({ commands }) => commands))],
  };
}

async function examineRedisAt(
  address: RedisAddress,
  login: RedisLogin,
  variables: string,
  timeout: number,
  ...command: [string, ...string[]]
): Promise<Fault | null> {
  const at = addressOf(address);
  const client = `redis-cli -h ${address.host} -p ${address.port}`;
  try {
    await askNodeWithin(timeout, address, login, ...command);
    return null;
  } catch (error) {
    const { message } = error as Error;
    if (/WRONGPASS|NOAUTH|invalid password|invalid username/i.test(message))
      return final(`Redis at ${at} refused the password: check REDIS_PASSWORD.`, `${client} --askpass PING`);
    if (/NOPERM/.test(message))
      return final(
        `Redis at ${at} lets the default user do too little (${brief(message)}).`,
        `${client} --askpass ACL SETUSER default on allkeys allchannels allcommands`,
      );
    if (/cluster support disabled/.test(message))
      return final(
        `Redis at ${at} is in no cluster: name it by REDIS_HOST.`,
        `REDIS_HOST=${address.host} REDIS_PORT=${address.port} REDIS_CLUSTER_NODES=`,
      );
    if (/certificate|self-signed|\bTLS\b|\bSSL\b/i.test(message))
      return final(
        `Redis at ${at} and this process do not agree on TLS (${brief(message)}): check REDIS_TLS and REDIS_TLS_CA.`,
        `openssl s_client -connect ${at} -showcerts`,
      );
    return passing(
      `No Redis answers at ${at} (${brief(message)}): if it runs elsewhere, set ${variables}.`,
      'docker compose up -d redis',
    );
  }
}
