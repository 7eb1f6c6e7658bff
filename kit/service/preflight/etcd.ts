import { Etcd3 } from 'etcd3';
import type { EtcdConfig } from '../../base/config.ts';
import { etcdOptions } from '../../discovery/options.ts';
import { brief, type Fault, final, passing, TIMEOUT } from './fault.ts';

/** Null where etcd answers. */
export async function examineEtcd(c: EtcdConfig, timeout = TIMEOUT): Promise<Fault | null> {
  let client: Etcd3 | null = null;
  try {
    client = new Etcd3({ ...etcdOptions(c), defaultCallOptions: () => ({ deadline: Date.now() + timeout }) });
    await client.get('check').exec();
    return null;
  } catch (error) {
    return etcdFault(c, error as NodeJS.ErrnoException);
  } finally {
    client?.close();
  }
}

function etcdFault({ servers, user }: EtcdConfig, { message, code }: NodeJS.ErrnoException): Fault | null {
  const members = servers.join(', ');
  const at = `etcd at ${members}`;
  const client = `etcdctl --endpoints=${servers.join(',')}`;
  const users = 'node deploy/etcd-users.ts';
  // It has let us in; which keys we may have is another question.
  if (user && /permission denied/.test(message)) return null;
  if (/invalid user ID or password/.test(message))
    return final(`${at} refused user ${user?.name}: check ETCD_USERNAME and ETCD_PASSWORD.`, users);
  if (/user name is empty|permission denied/.test(message))
    return final(
      `${at} wants a user: set ETCD_USERNAME and ETCD_PASSWORD.`,
      'ETCD_USERNAME=<auth, chat, user, file or gateway> ETCD_PASSWORD=<its password>',
    );
  if (/authentication is not enabled/.test(message))
    return passing(
      `${at} has no users yet: enable them there (\`etcdctl auth enable\`), or unset ETCD_USERNAME.`,
      users,
    );
  if (code === 'ENOENT' || code === 'EACCES')
    return final(
      'A file with a key or certificate for etcd cannot be read: check ETCD_CA, ETCD_CERT and ETCD_KEY.',
      'ls -l "$ETCD_CA" "$ETCD_CERT" "$ETCD_KEY"',
    );
  return passing(
    `No etcd answers at ${members} (${brief(message)}): if it runs elsewhere, set ETCD_SERVER; if its certificate is of an authority of yours, set ETCD_CA.`,
    'docker compose up -d etcd',
    `${client} endpoint health`,
  );
}
