import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** PEM files. */
export interface Certificates {
  ca: string;
  cert: string;
  key: string;
}

/**
 * An authority of its own, and a certificate of it for this host, for servers and for clients. Made by
 * openssl.
 */
export async function makeCertificates(directory: string): Promise<Certificates> {
  const file = (name: string) => join(directory, name);
  const openssl = (...parameters: string[]) => execute('openssl', parameters, { cwd: directory });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await openssl('req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test-ca');
  await openssl('req', ...curve, '-keyout', 'own.key', '-out', 'own.csr', '-subj', '/CN=test');
  writeFileSync(file('own.ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n');
  await openssl(
    ...['x509', '-req', '-in', 'own.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
    ...['-out', 'own.pem', '-days', '2', '-extfile', 'own.ext'],
  );
  return { ca: file('ca.pem'), cert: file('own.pem'), key: file('own.key') };
}
