import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'mariadb';
import { newId } from '../kit/base/ids.ts';
import { inBatches } from '../testing/seed.ts';
import { short, table, times } from './figures.ts';
import type { Lab } from './lab.ts';
import type { Comers } from './load/comers.ts';
import type { Options } from './options.ts';
import { cpuBetween, cpuOf } from './proc.ts';
import { report, whereAndWhen } from './report.ts';

/** People who come and go, and how many friends each has. */
const PEOPLE = 2_000;
const FRIENDS = 200;
/** How long each is there and how long away, in ms: once a minute up and down. */
const HALF = 30_000;
const SECONDS = 20;
/** Until the first ones have come, and what they do has settled, in ms. */
const WARM_UP = 10_000;

/** Whose friends the people are: nobody's, of others who never come, or of each other. */
const CASES = ['no friends', '200 friends who are offline', '200 friends who come and go'] as const;

/** What it costs the user service that somebody comes or goes. */
export async function presence(lab: Lab, { command, isWanted, points, write }: Options): Promise<void> {
  const [count = PEOPLE] = points ?? [];
  const rows: { name: string; changes: number; deliveries: number; user: number; mysql: number }[] = [];
  const stack = await lab.stack({});
  for (const name of CASES.filter(isWanted)) {
    const service = await stack.add('user');
    const pids = { user: service.pid, mysql: lab.mysqlPid };
    const people = await Promise.all(Array.from({ length: count }, () => stack.signIn()));
    const ids = people.map(({ userId }) => userId);
    await seedProfiles(stack.mysql, ids);
    if (name === CASES[1]) {
      const others = Array.from({ length: count }, () => newId('user'));
      await seedProfiles(stack.mysql, others);
      await seedFriends(stack.mysql, ids, others);
    }
    if (name === CASES[2]) await seedFriends(stack.mysql, ids, ids);
    const load = lab.helper('load/comers.ts');
    await load.ask('start', {
      url: `${service.url.replace('http', 'ws')}/graphql`,
      tokens: people.map(({ token }) => token),
      half: HALF,
    } satisfies Comers);
    await sleep(WARM_UP);
    const [before, began, first] = [cpuOf(pids), performance.now(), await load.ask('count')];
    await sleep(SECONDS * 1_000);
    const [used, last, seconds] = [
      cpuBetween(before, cpuOf(pids)),
      await load.ask('count'),
      (performance.now() - began) / 1_000,
    ];
    if (last.refused > 0) throw new Error(`${last.refused} subscriptions were refused`);
    const changes = last.changes - first.changes;
    rows.push({
      name,
      changes: changes / seconds,
      deliveries: (last.delivered - first.delivered) / seconds,
      user: (used.user / changes) * 1e6,
      mysql: (used.mysql / changes) * 1e6,
    });
    console.log(JSON.stringify(rows.at(-1)));
    await load.stop();
    await service.stop();
  }
  const [base] = rows;
  const text = `${table(
    [
      'each has',
      'changes/s',
      'deliveries/s',
      'CPU us a change',
      'to no friends',
      'of it a delivery',
      'MySQL us a change',
    ],
    rows.map((row) => {
      const more = row.deliveries > 0 ? (row.user - (base?.user ?? 0)) / (row.deliveries / row.changes) : Number.NaN;
      return [
        row.name,
        short(row.changes),
        short(row.deliveries),
        short(row.user),
        times(row.user / (base?.user ?? 0)),
        short(more),
        short(row.mysql),
      ];
    }),
  )}

${count.toLocaleString('en-US')} people, each there for ${HALF / 1_000} s and away for as long, for ${SECONDS} s. CPU of the user service and of MySQL.

${await whereAndWhen(stack, command)}`;
  report('presence', text, write);
}

async function seedProfiles(mysql: Pool, ids: readonly string[]): Promise<void> {
  const now = new Date();
  await inBatches(
    mysql,
    'INSERT INTO user_profiles (id, user_name, name, created_at) VALUES (?, ?, ?, ?)',
    ids.map((id) => [id, id.slice(-20), 'Bo', now]),
  );
}

/** Has everybody be a friend of those around them in a circle, or at the same place in another. */
async function seedFriends(mysql: Pool, ids: readonly string[], circle: readonly string[]): Promise<void> {
  const now = new Date();
  const pairs = ids.flatMap((id, at) =>
    Array.from({ length: FRIENDS / 2 }, (_, step) => {
      const other = circle[(at + step + 1) % circle.length] as string;
      return [id, other, newId('friend')] as const;
    }),
  );
  const before =
    circle === ids
      ? []
      : ids.flatMap((id, at) =>
          Array.from({ length: FRIENDS / 2 }, (_, step) => {
            const other = circle[(at - step + circle.length) % circle.length] as string;
            return [id, other, newId('friend')] as const;
          }),
        );
  await inBatches(
    mysql,
    'INSERT INTO user_friendships (user_id, friend_id, friendship_id, created_at) VALUES (?, ?, ?, ?)',
    [...pairs, ...before].flatMap(([one, other, id]) => [
      [one, other, id, now],
      [other, one, id, now],
    ]),
  );
}
