import { createFailpoint } from '../../kit/base/failpoint.ts';
import { createAuthenticator, extendCaller } from '../../kit/identity/caller.ts';
import { repeat, untilDone } from '../../kit/service/background.ts';
import { startSubgraph } from '../../kit/service/subgraph.ts';
import { readAuthConfig } from './config.ts';
import type { Context } from './context.ts';
import { createAccounts } from './domain/accounts/accounts.ts';
import { createPasswords } from './domain/accounts/passwords.ts';
import { createProfiles } from './domain/accounts/profiles.ts';
import { createLoginAttempts } from './domain/attempts/attempts.ts';
import { createRegistrationLimit } from './domain/attempts/registrations.ts';
import { createSigningKeys, type SigningKeys } from './domain/keys/signing-keys.ts';
import { createSessionEnds } from './domain/sessions/ends.ts';
import { createSessions } from './domain/sessions/sessions.ts';
import { resolvers } from './resolvers/index.ts';
import { jwksRoute } from './routes/jwks.ts';
import { createAccountStore, createPendingProfiles } from './storage/accounts/accounts.ts';
import { createUserService } from './storage/accounts/user-service.ts';
import {
  createAccessTokenSigner,
  createKeyDirectory,
  createKeyStore,
  keyGenerator,
  publicJwk,
} from './storage/keys/signing-keys.ts';
import { createRoleStore } from './storage/roles/roles.ts';
import { createSessionStore } from './storage/sessions/sessions.ts';

const SECOND = 1000;
const PROFILE_INTERVAL = 5 * SECOND;

await startSubgraph<Context>('auth', () => {
  const config = readAuthConfig();
  return {
    port: config.port,
    schema: new URL('./schema/', import.meta.url),
    resolvers,
    async open(kit) {
      const { log, database, bus, revocations, counters } = kit;
      const later = (name: string, work: () => Promise<void>) =>
        void work().catch((error) => log.warn({ err: error, work: name }, 'background work failed'));

      let keys: SigningKeys | undefined;
      const directory = await createKeyDirectory(kit.etcd, () => {
        if (keys) later('repair the keys', keys.repair);
      });
      keys = createSigningKeys(createKeyStore(database), directory, keyGenerator, config.keyRotationDays, log);
      await untilDone('read the signing keys', keys.refresh, log);
      const { published } = keys;

      const signer = createAccessTokenSigner(keys);
      const authenticator = createAuthenticator(kit.verifier, revocations, 'auth');
      const reader = { read: (token: string) => authenticator.authenticate(`Bearer ${token}`).viewer };
      const sessionStore = createSessionStore(database);
      const ends = createSessionEnds(sessionStore, revocations, log);
      const sessions = createSessions(
        sessionStore,
        createRoleStore(database),
        signer,
        reader,
        ends,
        createFailpoint(kit.config.fault),
        log,
      );
      const profiles = createProfiles(createPendingProfiles(database), createUserService(kit.services), log);
      const accounts = createAccounts({
        store: createAccountStore(database),
        sessions,
        passwords: await createPasswords(),
        attempts: createLoginAttempts(counters, config.wrongPasswords),
        registrations: createRegistrationLimit(counters, config.registrationsPerHour),
        profiles,
        log,
      });

      // Redis may have been lost while no auth was there, or is lost and comes back.
      await untilDone('announce ended sessions', ends.announceAgain, log);
      const stopResets = bus.onReset(() => later('announce ended sessions', ends.announceAgain));
      const background = [
        repeat('signing keys', 30 * SECOND, keys.refresh, log),
        repeat('announce ended sessions', SECOND, ends.announceMissing, log),
        repeat('sweep sessions', 3600 * SECOND, sessions.sweep, log),
        repeat(
          'missing profiles',
          PROFILE_INTERVAL,
          async () => {
            // One instance a round, as the counter lets only the first in; all of them while Redis is away, which does no harm.
            const turn = await counters.increment('profile-round', PROFILE_INTERVAL / SECOND - 1);
            if (turn.count <= 1) await profiles.createMissing();
          },
          log,
        ),
      ];

      return {
        context: (caller) => extendCaller(caller, { accounts, sessions }),
        routes: [jwksRoute(() => published().map((key) => ({ kid: key.kid, jwk: publicJwk(key) })))],
        async close() {
          stopResets();
          await Promise.all(background.map((work) => work.stop()));
        },
      };
    },
  };
});
