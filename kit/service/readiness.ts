import type { EtcdConfig, MysqlConfig, RedisConfig } from '../base/config.ts';
import { StartupError } from '../base/errors.ts';
import { pause } from '../base/pause.ts';
import type { Fault } from './preflight/fault.ts';

// Imports each preflight check on use: the gateway starts without the MySQL driver, and `migrate` with it
// alone.

/**
 * How long an attempt may take, in ms: the first, and the longest after it doubled each time. A busy machine
 * takes seconds to answer.
 */
const FIRST_TIMEOUT = 3_000;
const LONGEST_TIMEOUT = 15_000;
/** The pause between attempts, in ms. Seldom enough that MySQL does not take us for an attacker. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;
/** How often a process says what it still waits for, in ms. */
const REMINDER = 15_000;

/** What a process cannot begin without. */
export interface Needs {
  mysql?: MysqlConfig;
  redis?: RedisConfig;
  etcd?: EtcdConfig;
}

/** Says what the process waits for, or that it no longer has to. */
export interface WaitLog {
  warn(message: string): void;
  info(message: string): void;
}

/**
 * Resolves when all base services let us in and the database has its tables. Waits for those that do not
 * answer, for as long as it takes: after a power cut, or on a busy machine, they come later than we do.
 * @throws StartupError with everything that the servers said is wrong
 */
export async function waitForBaseServices({ mysql, redis, etcd }: Needs, log: WaitLog): Promise<void> {
  const examinations: Examination[] = [];
  if (mysql) {
    const { examineMysql } = await import('./preflight/mysql.ts');
    const { examineTables } = await import('./preflight/tables.ts');
    examinations.push(async (timeout) => (await examineMysql(mysql, timeout)) ?? examineTables(mysql, timeout));
  }
  if (redis) {
    const { examineRedis } = await import('./preflight/redis.ts');
    examinations.push((timeout) => examineRedis(redis, timeout));
  }
  if (etcd) {
    const { examineEtcd } = await import('./preflight/etcd.ts');
    examinations.push((timeout) => examineEtcd(etcd, timeout));
  }
  await waitFor(examinations, log);
}

/** The same for MySQL alone, with or without tables. @throws StartupError */
export async function waitForMysql(mysql: MysqlConfig, log: WaitLog): Promise<void> {
  const { examineMysql } = await import('./preflight/mysql.ts');
  await waitFor([(timeout) => examineMysql(mysql, timeout)], log);
}

type Examination = (timeout: number) => Promise<Fault | null>;

async function waitFor(examinations: Examination[], log: WaitLog): Promise<void> {
  let left = examinations;
  let said = '';
  let saidAt = 0;
  for (let attempt = 0; ; attempt += 1) {
    const timeout = Math.min(FIRST_TIMEOUT * 2 ** attempt, LONGEST_TIMEOUT);
    const answers = await Promise.all(left.map((examine) => examine(timeout)));
    const faults = answers.filter((answer) => answer !== null);
    const finals = faults.filter(({ isFinal }) => isFinal);
    if (finals.length > 0) throw new StartupError(textOf(finals));
    left = left.filter((_, i) => answers[i] !== null);
    if (left.length === 0) break;
    const text = textOf(faults);
    if (text !== said || performance.now() - saidAt > REMINDER) {
      log.warn(`Waiting. ${text}`);
      said = text;
      saidAt = performance.now();
    }
    await pause(Math.min(FIRST_PAUSE * 2 ** attempt, LONGEST_PAUSE));
  }
  if (said !== '') log.info('All that this process waited for is there.');
}

function textOf(faults: readonly Fault[]): string {
  return faults.map(({ message }) => message).join(' ');
}
