import { readSharedConfig } from '../kit/base/config.ts';
import { newUuid } from '../kit/base/ids.ts';
import { createEtcd, type Etcd } from '../kit/discovery/etcd.ts';
import { createSeal, type Seal } from '../kit/discovery/seal.ts';
import { createLog } from '../kit/observe/log.ts';

/** Writes values as they are, and takes what it finds. */
const NO_SEAL: Seal = { close: (_path, value) => value, open: (_path, text) => text };

/** Somebody who can write to etcd and knows none of our secrets. */
export function openAsStranger(namespace: string): Etcd {
  return createEtcd(readSharedConfig().etcd, namespace, NO_SEAL, createLog('test', 'silent'));
}

/**
 * Connects this process to the etcd of the tests, as its environment says it, in a namespace of its own
 * unless one is given.
 */
export function openEtcd(
  options: { namespace?: string; servers?: string[]; secrets?: string[] } = {},
  log = createLog('test', 'silent'),
): Etcd {
  const { etcd, trustSecrets } = readSharedConfig();
  const { namespace = `t${newUuid()}`, servers = etcd.servers, secrets = trustSecrets } = options;
  return createEtcd({ ...etcd, servers }, namespace, createSeal(secrets), log);
}
