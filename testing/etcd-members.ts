import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startChild } from '../launch/base/child.ts';
import { findSources } from '../launch/base/sources.ts';
import { terminalProgress } from '../launch/progress.ts';
import { RECORDS_VARIABLE } from '../launch/services.ts';
import { KEEP, PROGRAMS, serviceRecordsOf } from '../launch/workspace.ts';
import { freePorts } from './cluster.ts';
import { waitFor } from './wait.ts';

const MEMBERS = 3;

/** Three members of an etcd. */
export interface EtcdMembers {
  /** What tells a process of them. */
  environment: Record<string, string>;
  /** Kills the member that leads, and resolves when another does. */
  killLeader(): Promise<void>;
  stop(): Promise<void>;
}

export async function startEtcdMembers(): Promise<EtcdMembers> {
  const source = (await findSources(['etcd'], { programs: PROGRAMS, progress: terminalProgress })).get('etcd');
  if (source?.kind !== 'program')
    throw new Error('This test needs etcd as a program: a container has other addresses.');
  const { path } = source.program;
  const directory = mkdtempSync(join(tmpdir(), 'beaver-members-'));
  const ports = await freePorts(2 * MEMBERS);
  const members = Array.from({ length: MEMBERS }, (_, i) => ({
    name: `member${i}`,
    url: `http://127.0.0.1:${ports[2 * i]}`,
    peer: `http://127.0.0.1:${ports[2 * i + 1]}`,
  }));
  const together = members.map(({ name, peer }) => `${name}=${peer}`).join(',');
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ETCD_')));
  const children = new Map<string, Child>();

  /** Ids of a member and of its leader; null where it does not answer, or has no leader. */
  async function leaderOf(url: string): Promise<{ id: string; leader: string } | null> {
    const response = await fetch(`${url}/v3/maintenance/status`, { method: 'POST', body: '{}' }).catch(() => null);
    const { header, leader } = ((await response?.json()) ?? {}) as { header?: { member_id: string }; leader?: string };
    return header && leader && leader !== '0' ? { id: header.member_id, leader } : null;
  }
  const leading = async () => {
    for (const { name, url } of members) {
      const found = children.get(name)?.hasEnded ? null : await leaderOf(url);
      if (found?.id === found?.leader && found) return name;
    }
    return null;
  };

  const stop = async () => {
    await Promise.all([...children.values()].map((child) => child.kill()));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    for (const { name, url, peer } of members) {
      const child = await startChild({
        name: `etcd-${name}`,
        program: path,
        arguments: [
          ...[`--name=${name}`, `--data-dir=${join(directory, name)}`],
          ...[`--listen-client-urls=${url}`, `--advertise-client-urls=${url}`],
          ...[`--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`],
          `--initial-cluster=${together}`,
        ],
        environment: { ...environment, ...(process.arch === 'arm64' ? { ETCD_UNSUPPORTED_ARCH: 'arm64' } : {}) },
        records: process.env[RECORDS_VARIABLE] ?? serviceRecordsOf(KEEP),
      });
      children.set(name, child);
    }
    await waitFor(leading, { what: 'the members to have a leader', timeout: 40_000 });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    environment: { ETCD_SERVER: members.map(({ url }) => url).join(',') },
    async killLeader() {
      const name = await waitFor(leading, { what: 'a leader' });
      await children.get(name)?.kill();
      await waitFor(leading, { what: 'another leader', timeout: 30_000 });
    },
    stop,
  };
}
