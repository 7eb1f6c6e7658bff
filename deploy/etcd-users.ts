// Gives each process of a deployment a user of its own in etcd, and has etcd let in nobody else. Run it
// before the services start; it may be run again, and does so when a password of theirs has changed. It
// reads ETCD_SERVER (and ETCD_CA, ETCD_CERT, ETCD_KEY), ETCD_ROOT_PASSWORD, and the password of each
// process: ETCD_AUTH_PASSWORD, ETCD_CHAT_PASSWORD and so on.

import { readEtcdConfig } from '../kit/base/config.ts';
import { setUpUsers, usersOf } from '../kit/discovery/users.ts';
import { SERVICE_NAMES } from '../services.ts';

function secret(variable: string): string {
  const value = process.env[variable];
  if (value) return value;
  console.error(`${variable} is not set. Make one: openssl rand -hex 32`);
  process.exit(1);
}

const root = secret('ETCD_ROOT_PASSWORD');
const passwords = Object.fromEntries(
  SERVICE_NAMES.map((name) => [name, secret(`ETCD_${name.toUpperCase()}_PASSWORD`)]),
);
await setUpUsers(readEtcdConfig(process.env), root, usersOf(process.env.BEAVER_NAMESPACE || 'beaver', passwords));
console.log(`etcd lets in root and ${SERVICE_NAMES.join(', ')}.`);
