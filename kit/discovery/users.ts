import { Etcd3, Range } from 'etcd3';
import type { EtcdConfig } from '../base/config.ts';
import { etcdOptions } from './options.ts';

/** An etcd user with a role of the same name. Prefixes are full: `/beaver/keys/auth/`. */
export interface EtcdUser {
  name: string;
  password: string;
  reads: readonly string[];
  writes: readonly string[];
}

/** The users for our processes: each may read the whole namespace and write only its own records. */
export function usersOf(namespace: string, passwords: Readonly<Record<string, string>>): EtcdUser[] {
  return Object.entries(passwords).map(([name, password]) => ({
    name,
    password,
    reads: [`/${namespace}/`],
    writes: [
      ...['services', 'keys', 'schemas'].map((kind) => `/${namespace}/${kind}/${name}/`),
      ...(MORE[name] ?? []).map((kind) => `/${namespace}/${kind}/`),
    ],
  }));
}

/** Further write permissions: auth writes ended sessions, the gateway the graph that it composed. */
const MORE: Record<string, string[]> = { auth: ['ended-sessions'], gateway: ['graph'] };

/**
 * Creates the users with their permissions and turns authentication on. Idempotent: a second run updates
 * passwords and adds missing permissions. `root` is the password of the superuser.
 */
export async function setUpUsers(config: EtcdConfig, root: string, users: readonly EtcdUser[]): Promise<void> {
  const open = (user: EtcdConfig['user']) => new Etcd3(etcdOptions({ ...config, user }));
  let client = open(undefined);
  try {
    await client.get('check').exec();
  } catch (error) {
    // Authentication is on already. With a client certificate, etcd takes its common name for the user.
    if (!/user name is empty|permission denied/.test((error as Error).message)) throw error;
    client.close();
    client = open({ name: 'root', password: root });
  }
  try {
    for (const { name, password, reads, writes } of users) {
      const role = client.role(name);
      await unlessThere(role.create());
      for (const prefix of reads) await role.grant({ permission: 'Read', range: Range.prefix(prefix) });
      for (const prefix of writes) await role.grant({ permission: 'Readwrite', range: Range.prefix(prefix) });
      await makeUser(client, name, password);
      await client.user(name).addRole(name);
    }
    await makeUser(client, 'root', root);
    await client.user('root').addRole('root');
    await client.auth.authEnable();
  } finally {
    client.close();
  }
}

async function makeUser(client: Etcd3, name: string, password: string): Promise<void> {
  const user = client.user(name);
  const wasMade = await unlessThere(user.create(password));
  if (!wasMade) await user.setPassword(password);
}

/** Awaits a creation. Returns false if the thing existed already. */
async function unlessThere(making: Promise<unknown>): Promise<boolean> {
  try {
    await making;
    return true;
  } catch (error) {
    if (/already exists/.test((error as Error).message)) return false;
    throw error;
  }
}
