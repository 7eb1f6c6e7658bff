import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EtcdConfig } from '../kit/base/config.ts';
import { type Child, startChild } from '../launch/base/child.ts';
import { isListening } from '../launch/base/probe.ts';
import { findSources } from '../launch/base/sources.ts';
import { terminalProgress } from '../launch/progress.ts';
import { RECORDS_VARIABLE } from '../launch/services.ts';
import { KEEP, PROGRAMS, serviceRecordsOf } from '../launch/workspace.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import { freePorts } from './cluster.ts';
import { waitFor } from './wait.ts';

/** An etcd that takes TLS with client certificates only, and forgets its tokens after seconds. */
export interface PrivateEtcd {
  /** Its address and certificates; no user. */
  config: EtcdConfig;
  certificates: Certificates;
  /** Kills it and starts it again on its data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startPrivateEtcd(tokenSeconds: number): Promise<PrivateEtcd> {
  const source = (await findSources(['etcd'], { programs: PROGRAMS, progress: terminalProgress })).get('etcd');
  if (source?.kind !== 'program')
    throw new Error('This test needs etcd as a program: a container has no files of ours.');
  const { path } = source.program;
  const directory = mkdtempSync(join(tmpdir(), 'beaver-etcd-'));
  const certificates = await makeCertificates(directory);
  const { ca, cert, key } = certificates;
  const [port, peerPort] = (await freePorts(2)) as [number, number];
  const url = `https://127.0.0.1:${port}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  const names = Object.entries(process.env).filter(([name]) => !name.startsWith('ETCD_'));
  let child: Child;
  const start = async () => {
    child = await startChild({
      name: 'etcd-with-users',
      program: path,
      arguments: [
        ...[`--data-dir=${join(directory, 'data')}`, '--name=test', `--initial-cluster=test=${peer}`],
        ...[`--listen-client-urls=${url}`, `--advertise-client-urls=${url}`],
        ...[`--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`],
        ...['--client-cert-auth', `--trusted-ca-file=${ca}`, `--cert-file=${cert}`, `--key-file=${key}`],
        `--auth-token-ttl=${tokenSeconds}`,
        '--bcrypt-cost=4',
      ],
      environment: {
        ...Object.fromEntries(names),
        ...(process.arch === 'arm64' ? { ETCD_UNSUPPORTED_ARCH: 'arm64' } : {}),
      },
      records: process.env[RECORDS_VARIABLE] ?? serviceRecordsOf(KEEP),
    });
    await waitFor(() => isListening(port), { what: 'etcd to listen' });
  };
  await start();
  return {
    config: { servers: [url], tls: { caFile: ca, certFile: cert, keyFile: key } },
    certificates,
    async restart() {
      await child.kill();
      await start();
    },
    async stop() {
      await child.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
