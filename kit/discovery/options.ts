import { readFileSync } from 'node:fs';
import type { IOptions } from 'etcd3';
import type { EtcdConfig } from '../base/config.ts';

/**
 * Options of the etcd client: members, user and TLS. Reads the PEM files. The client renews its auth token
 * itself when etcd rejects it, as after a restart or some idle minutes.
 */
export function etcdOptions({ servers, user, tls }: EtcdConfig): IOptions {
  return {
    hosts: servers,
    ...(user ? { auth: { username: user.name, password: user.password } } : {}),
    ...(tls?.caFile ? { credentials: { rootCertificate: readFileSync(tls.caFile), ...ownCertificate(tls) } } : {}),
  };
}

function ownCertificate({ certFile, keyFile }: NonNullable<EtcdConfig['tls']>) {
  if (!certFile || !keyFile) return {};
  return { certChain: readFileSync(certFile), privateKey: readFileSync(keyFile) };
}
