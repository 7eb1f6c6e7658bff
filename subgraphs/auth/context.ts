import type { Caller } from '../../kit/identity/caller.ts';
import type { Accounts } from './domain/accounts/accounts.ts';
import type { Sessions } from './domain/sessions/sessions.ts';

/** What resolvers work with: who calls, and the domain. */
export interface Context extends Caller {
  accounts: Accounts;
  sessions: Sessions;
}
