import { readFileSync } from 'node:fs';
import type { IOptions } from 'etcd3';
import type { EtcdConfig } from '../base/config.ts';

/**
 * What the client of etcd is made with: members, user and TLS. Reads the PEM files. The client asks for a new
 * token by itself when etcd no longer takes the one it has, as after a restart or some minutes of silence.
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
