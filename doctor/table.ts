import type { Check } from './check.ts';
import { CONFIGURATION } from './checks/configuration.ts';
import { ETCD } from './checks/etcd.ts';
import { FILES } from './checks/files.ts';
import { GATEWAY } from './checks/gateway.ts';
import { HOST } from './checks/host.ts';
import { MYSQL } from './checks/mysql.ts';
import { NETWORK } from './checks/network.ts';
import { RECORDS } from './checks/records.ts';
import { REDIS } from './checks/redis.ts';
import { SERVICES_CHECKS } from './checks/services.ts';

/** All checks, in the order in which a person mends what they find. */
export const CHECKS: readonly Check[] = [
  ...CONFIGURATION,
  ...NETWORK,
  ...MYSQL,
  ...REDIS,
  ...ETCD,
  ...RECORDS,
  ...SERVICES_CHECKS,
  ...GATEWAY,
  ...FILES,
  ...HOST,
];
