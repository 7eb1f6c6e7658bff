import type { Caller } from '../../kit/viewer.ts';
import type { Accounts } from './domain/accounts.ts';
import type { Sessions } from './domain/sessions.ts';

/** What resolvers work with: who calls, and the domain. */
export interface Context extends Caller {
  accounts: Accounts;
  sessions: Sessions;
}
