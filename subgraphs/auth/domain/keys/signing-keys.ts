import type { Log } from '../../../../kit/observe/log.ts';

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;
/**
 * From publishing a key to signing with it: longer than any verifier takes to see it, also one that lost its
 * watch of etcd (30 s) or caches JWKS (60 s).
 */
const LEAD = 120 * SECOND;
/**
 * From its successor's first signature to the end of a key: the ten minutes of an access token, and five for
 * clocks and instances that lag.
 */
const TAIL = (600 + 300) * SECOND;

/** `privateKey` is PKCS #8 PEM. */
export interface StoredKey {
  kid: string;
  generation: number;
  privateKey: string;
  createdAt: Date;
  activeFrom: Date;
}

export interface KeyStore {
  /** All keys, oldest first. */
  list(): Promise<StoredKey[]>;
  /** Adds a key; false where there is one of this generation, because another instance was first. */
  add(key: StoredKey): Promise<boolean>;
  delete(kid: string): Promise<void>;
}

/** Where verifiers find the public halves. */
export interface KeyDirectory {
  has(kid: string): boolean;
  publish(key: StoredKey): Promise<void>;
  withdraw(kid: string): Promise<void>;
}

export interface KeyGenerator {
  /** A new P-256 key. */
  generate(): { kid: string; privateKey: string };
}

/**
 * The keys that sign access tokens: the same for all instances, because the table holds them; each replaced
 * after some days.
 */
export interface SigningKeys {
  /** The key that signs now. */
  current(): StoredKey;
  /** The keys whose tokens may be unexpired, and those that will sign soon. */
  published(): readonly StoredKey[];
  /**
   * Reads the table, adds a key if one is due, publishes what is missing and withdraws what is over. Run at
   * start and every half minute.
   */
  refresh(): Promise<void>;
  /** Publishes what the directory has lost. Run when it changes. */
  repair(): Promise<void>;
}

export function createSigningKeys(
  store: KeyStore,
  directory: KeyDirectory,
  generator: KeyGenerator,
  rotationDays: number,
  log: Log,
): SigningKeys {
  let keys: StoredKey[] = [];
  const known = new Set<string>();

  /** When nothing that the key signed can be valid any more, in ms since 1970. */
  const overAt = (index: number): number => {
    const successor = keys[index + 1];
    return successor ? successor.activeFrom.getTime() + TAIL : Number.POSITIVE_INFINITY;
  };
  const published = () => keys.filter((_, index) => overAt(index) > Date.now());

  async function load(): Promise<void> {
    keys = await store.list();
  }

  async function addIfDue(): Promise<void> {
    const newest = keys.at(-1);
    const now = new Date();
    if (newest && newest.createdAt.getTime() + rotationDays * DAY > now.getTime()) return;
    const key: StoredKey = {
      ...generator.generate(),
      generation: (newest?.generation ?? 0) + 1,
      createdAt: now,
      // The first of all has nobody to take over from, and registering should not have to wait for it.
      activeFrom: newest ? new Date(now.getTime() + LEAD) : now,
    };
    if (await store.add(key)) log.info({ kid: key.kid, generation: key.generation }, 'signing key created');
    await load();
  }

  async function publishMissing(): Promise<void> {
    for (const key of published()) {
      // Once by each process as well: what stands there may be certified with a secret that is on its way
      // out.
      if (!directory.has(key.kid) || !known.has(key.kid)) {
        await directory.publish(key);
        log.info({ kid: key.kid, generation: key.generation }, 'public key published');
      }
      known.add(key.kid);
    }
  }

  async function removeOver(): Promise<void> {
    const over = keys.filter((_, index) => overAt(index) <= Date.now());
    for (const key of over) {
      if (directory.has(key.kid)) {
        await directory.withdraw(key.kid);
        log.info({ kid: key.kid, generation: key.generation }, 'public key withdrawn');
      }
      // The row stays for a day, so that every instance knows the key is over and none publishes it again.
      if (overAt(keys.indexOf(key)) + DAY <= Date.now()) await store.delete(key.kid);
    }
  }

  return {
    current() {
      const now = Date.now();
      const usable = keys.filter((key) => known.has(key.kid));
      const key = usable.findLast(({ activeFrom }) => activeFrom.getTime() <= now) ?? usable[0];
      if (!key) throw new Error('There is no signing key.');
      return key;
    },
    published,
    async refresh() {
      await load();
      await addIfDue();
      await publishMissing();
      await removeOver();
    },
    async repair() {
      // Another instance may just have withdrawn what is over.
      await load();
      await publishMissing();
    },
  };
}
