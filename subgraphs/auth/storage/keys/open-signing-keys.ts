import type { Etcd } from '../../../../kit/discovery/etcd.ts';
import type { Database } from '../../../../kit/mysql/database.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import { inBackground, untilDone } from '../../../../kit/service/background.ts';
import { createSigningKeys, type SigningKeys } from '../../domain/keys/signing-keys.ts';
import { createKeyDirectory, createKeyStore, keyGenerator } from './signing-keys.ts';

/** Opens the keys that sign access tokens. Waits until they were read once: without keys nobody signs in. */
export async function openSigningKeys(
  database: Database,
  etcd: Etcd,
  rotationDays: number,
  log: Log,
): Promise<SigningKeys> {
  let keys: SigningKeys | undefined;
  const directory = await createKeyDirectory(etcd, () => {
    if (keys) inBackground('repair the keys', keys.repair, log);
  });
  keys = createSigningKeys(createKeyStore(database), directory, keyGenerator, rotationDays, log);
  await untilDone('read the signing keys', keys.refresh, log);
  return keys;
}
