// `npm run role -- grant <user name> developer`, and `revoke`: what an operator makes of an account. The next
// access token has the scopes of the role, so sign in or refresh the session after it. A token that was given
// before a role was revoked keeps them until it expires, ten minutes at most.
import { readMysqlConfig } from '../../kit/base/config.ts';
import { StartupError } from '../../kit/base/errors.ts';
import { openDatabase } from '../../kit/mysql/database.ts';
import { checkMysql } from '../../kit/service/preflight/mysql.ts';
import { isRole, ROLES } from './domain/roles/roles.ts';
import { createAccountStore } from './storage/accounts/accounts.ts';
import { createRoleStore } from './storage/roles/roles.ts';

const USAGE = `Usage: npm run role -- grant|revoke <user name> ${ROLES.join('|')}`;

/** @returns what was done, in a sentence. @throws StartupError */
async function run([verb, userName, role, ...rest]: readonly string[]): Promise<string> {
  if ((verb !== 'grant' && verb !== 'revoke') || !userName || !role || rest.length > 0) throw new StartupError(USAGE);
  if (!isRole(role)) throw new StartupError(`There is no role ${role}. ${USAGE}`);
  const mysql = readMysqlConfig();
  const fault = await checkMysql(mysql);
  if (fault !== null) throw new StartupError(fault);
  const database = openDatabase(mysql);
  try {
    const account = await createAccountStore(database).findByUserName(userName.toLowerCase());
    if (!account) throw new StartupError(`No account has the user name ${userName}.`);
    const roles = createRoleStore(database);
    if (verb === 'grant') {
      const isNew = await roles.grant(account.id, role, new Date());
      return isNew ? `${userName} is a ${role} from the next token on.` : `${userName} is a ${role} already.`;
    }
    const was = await roles.revoke(account.id, role);
    return was ? `${userName} is no ${role} from the next token on.` : `${userName} was no ${role}.`;
  } finally {
    await database.close();
  }
}

try {
  console.log(await run(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
