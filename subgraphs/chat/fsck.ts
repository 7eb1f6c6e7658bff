// `npm run fsck`: looks at the log of every conversation and mends those that are damaged, also while chat
// runs. `-- --check` only looks, `-- --restored` first raises all heads, so that no number is given twice
// after a restore. Conversations that are named are the only ones that are looked at. It ends with 1 where
// something is damaged and was not mended.
import { parseArgs } from 'node:util';
import { readMysqlConfig } from '../../kit/base/config.ts';
import { StartupError } from '../../kit/base/errors.ts';
import { type Database, openDatabase } from '../../kit/mysql/database.ts';
import { checkMysql } from '../../kit/service/preflight/mysql.ts';
import { countOrphans, examine, examinePage } from './storage/log/fsck/examine.ts';
import { mend, type Repairs } from './storage/log/fsck/mend.ts';

/** Conversations that are looked at in one statement. */
const PAGE = 200;
/**
 * By how much heads are raised after a restore: more than were written since any backup that somebody would
 * restore.
 */
const RAISE = 1_000_000;

/** Yields the damaged conversations, and how many were looked at until then. */
async function* damagedOf(sql: Database['sql'], named: readonly string[]) {
  for (const id of named) {
    const isDamaged = await examine(sql, id);
    if (isDamaged === null) console.log(`${id}: there is no such conversation`);
    yield { looked: 1, damaged: isDamaged ? [id] : [] };
  }
  if (named.length > 0) return;
  for (let after: string | null = ''; after !== null; ) {
    const page = await examinePage(sql, after, PAGE);
    yield page;
    after = page.last;
  }
}

/** What was done to a conversation, as a person reads it. */
function describe({ headBefore, head, restored, lost, moved, retimed }: Repairs): string {
  const parts = [
    head === headBefore ? '' : `head ${headBefore} is ${head} now`,
    restored.length > 0 ? `written again from their messages: ${restored.join(', ')}` : '',
    lost.length > 0 ? `lost, and their numbers taken: ${lost.join(', ')}` : '',
    moved.length > 0 ? `messages that had the number of another entry are at ${moved.join(', ')} now` : '',
    retimed > 0 ? `${retimed} messages have the time of their id now` : '',
  ];
  return parts.filter(Boolean).join('; ') || 'counts and positions were wrong';
}

/** @returns the exit code */
async function run(database: Database, onlyLooks: boolean, named: readonly string[]): Promise<number> {
  let [looked, found, mended] = [0, 0, 0];
  for await (const page of damagedOf(database.sql, named)) {
    looked += page.looked;
    for (const id of page.damaged) {
      found += 1;
      if (onlyLooks) {
        console.log(`${id}: damaged`);
        continue;
      }
      const repairs = await database.transaction((transaction) => mend(transaction, id));
      console.log(`${id}: ${repairs ? describe(repairs) : 'is not there any more'}`);
      if ((await examine(database.sql, id)) !== true) mended += 1;
    }
  }
  const orphans = Object.entries(named.length > 0 ? {} : await countOrphans(database.sql)).filter(
    ([, count]) => count > 0,
  );
  for (const [table, count] of orphans) console.log(`${table}: ${count} rows of conversations that are not there`);
  console.log(`Looked at ${looked} conversations: ${found} damaged, ${mended} mended.`);
  return found === mended ? 0 : 1;
}

try {
  const options = { check: { type: 'boolean' }, restored: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.check && values.restored) throw new StartupError('--check only looks, --restored raises heads: not both.');
  const mysql = readMysqlConfig();
  const fault = await checkMysql(mysql);
  if (fault !== null) throw new StartupError(fault);
  const database = openDatabase(mysql);
  try {
    if (values.restored) {
      await database.transaction((transaction) =>
        transaction.query('UPDATE chat_conversations SET head_seq = head_seq + ?', [RAISE]),
      );
      console.log(`All heads are higher by ${RAISE} now.`);
    }
    process.exitCode = await run(database, values.check ?? false, positionals);
  } finally {
    await database.close();
  }
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
