import { createFailpoint } from '../../kit/base/failpoint.ts';
import { createSlowdown } from '../../kit/base/slowdown.ts';
import { createAuthenticator, extendCaller } from '../../kit/identity/caller.ts';
import { startSubgraph } from '../../kit/service/subgraph.ts';
import { startBackground } from './background.ts';
import { readAuthConfig } from './config.ts';
import type { Context } from './context.ts';
import { createAccounts } from './domain/accounts/accounts.ts';
import { createPasswords } from './domain/accounts/passwords.ts';
import { createProfiles } from './domain/accounts/profiles.ts';
import { createLoginAttempts } from './domain/attempts/attempts.ts';
import { createRegistrationLimit } from './domain/attempts/registrations.ts';
import { createSessionEnds } from './domain/sessions/ends.ts';
import { createSessions } from './domain/sessions/sessions.ts';
import { resolvers } from './resolvers/index.ts';
import { jwksRoute } from './routes/jwks.ts';
import { createAccountStore, createPendingProfiles } from './storage/accounts/accounts.ts';
import { createHasher } from './storage/accounts/hasher.ts';
import { createUserService } from './storage/accounts/user-service.ts';
import { createAccessTokenSigner, openSigningKeys, publicJwk } from './storage/keys/signing-keys.ts';
import { createRoleStore } from './storage/roles/roles.ts';
import { createSessionStore } from './storage/sessions/sessions.ts';

await startSubgraph<Context>('auth', () => {
  const config = readAuthConfig();
  return {
    port: config.port,
    schema: new URL('./schema/', import.meta.url),
    resolvers,
    async open(kit) {
      const { log, database, bus, revocations, counters } = kit;
      const keys = await openSigningKeys(database, kit.etcd, config.keyRotationDays, log);
      const signer = createAccessTokenSigner(keys);
      const authenticator = createAuthenticator(kit.verifier, revocations, 'auth');
      const reader = { read: (token: string) => authenticator.authenticate(`Bearer ${token}`).viewer };
      const sessionStore = createSessionStore(database);
      const ends = createSessionEnds(sessionStore, revocations, log);
      const failpoint = createFailpoint(kit.config.fault);
      const sessions = createSessions(sessionStore, createRoleStore(database), signer, reader, ends, failpoint, log);
      const profiles = createProfiles(createPendingProfiles(database), createUserService(kit.services), log);
      const slowdown = createSlowdown();
      const accounts = createAccounts({
        store: createAccountStore(database),
        sessions,
        passwords: await createPasswords(createHasher()),
        attempts: createLoginAttempts(counters, config.wrongPasswords),
        registrations: createRegistrationLimit(counters, config.registrationsPerHour),
        profiles,
        slowdown,
        log,
      });
      const background = await startBackground({ keys, ends, sessions, profiles, slowdown, bus, counters, log });
      return {
        context: (caller) => extendCaller(caller, { accounts, sessions }),
        routes: [jwksRoute(() => keys.published().map((key) => ({ kid: key.kid, jwk: publicJwk(key) })))],
        close: () => background.stop(),
      };
    },
  };
});
