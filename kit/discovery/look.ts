import { Etcd3, Range } from 'etcd3';
import type { EtcdConfig } from '../base/config.ts';
import { etcdOptions } from './options.ts';

/** Timeout of each request, in ms. */
const TIMEOUT = 5_000;

/** The status of a member, or why it did not answer. */
export type EtcdMember =
  | { url: string; version: string; bytes: number; hasLeader: boolean }
  | { url: string; fault: string };

/** Read access to etcd for programs that examine a deployment. */
export interface EtcdLook {
  members(): Promise<EtcdMember[]>;
  /** All keys below a full prefix with their raw values, sealed or not. */
  texts(prefix: string): Promise<Map<string, string>>;
  /**
   * The prefixes that our user lacks permission to read or to write. Null if etcd has no users or ours has
   * the role `root`.
   */
  denied(reads: readonly string[], writes: readonly string[]): Promise<string[] | null>;
}

export function lookAtEtcd(config: EtcdConfig): EtcdLook {
  const open = (servers: string[]) =>
    new Etcd3({
      ...etcdOptions({ ...config, servers }),
      defaultCallOptions: () => ({ deadline: Date.now() + TIMEOUT }),
    });

  async function ask<T>(servers: string[], question: (client: Etcd3) => Promise<T>): Promise<T> {
    const client = open(servers);
    try {
      return await question(client);
    } finally {
      client.close();
    }
  }

  return {
    members: () =>
      Promise.all(
        config.servers.map((url) =>
          ask([url], async (client) => {
            const { version, dbSize, leader } = await client.maintenance.status();
            return { url, version, bytes: Number(dbSize), hasLeader: leader !== '0' };
          }).catch((error: Error) => ({ url, fault: error.message })),
        ),
      ),
    texts: (prefix) =>
      ask(config.servers, async (client) => new Map(Object.entries(await client.getAll().prefix(prefix).strings()))),
    async denied(reads, writes) {
      const { user } = config;
      if (!user) return null;
      const roles = await ask(config.servers, (client) => client.user(user.name).roles());
      if (roles.some(({ name }) => name === 'root')) return null;
      const permissions = await ask(config.servers, async (client) =>
        (await Promise.all(roles.map(({ name }) => client.role(name).permissions()))).flat(),
      );
      const may = (kinds: readonly string[], prefix: string) =>
        permissions.some(({ permission, range }) => kinds.includes(permission) && covers(range, Range.prefix(prefix)));
      return [
        ...reads.filter((prefix) => !may(['Read', 'Readwrite'], prefix)),
        ...writes.filter((prefix) => !may(['Write', 'Readwrite'], prefix)),
      ];
    },
  };
}

function covers(outer: Range, inner: Range): boolean {
  const bytes = (end: string | Buffer) => Buffer.from(end);
  return bytes(outer.start).compare(bytes(inner.start)) <= 0 && bytes(outer.end).compare(bytes(inner.end)) >= 0;
}
