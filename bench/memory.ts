import { seedGroups } from '../testing/seed.ts';
import { short, table } from './figures.ts';
import { type Memory, memoryOf } from './inspect.ts';
import type { Lab } from './lab.ts';
import type { Opening } from './load/subscribers.ts';
import type { Options } from './options.ts';
import { residentKiB } from './proc.ts';
import { report, whereAndWhen } from './report.ts';

const SUBSCRIBERS = 5_000;
/**
 * Are there before the first look, so that what is there once for all (compiled code, caches, pools) is
 * there.
 */
const FIRST = 1_000;
const BARE = 'bare `ws`';

interface Row {
  name: string;
  conversations: number;
  refused: number;
  before: Memory;
  after: Memory;
  /** KiB in RAM before the garbage collection. */
  peak: number;
}

/**
 * What a connected subscriber keeps in memory: each a user with a socket and an inbox, in one conversation.
 */
export async function memory(lab: Lab, options: Options): Promise<void> {
  const [subscribers = SUBSCRIBERS] = options.points ?? [];
  const rows: Row[] = [];
  let description = '';
  const shapes = [
    { conversations: subscribers, groups: (users: string[]) => users.map((userId) => [userId]) },
    { conversations: 1, groups: (users: string[]) => [users] },
  ];
  for (const { conversations, groups } of shapes) {
    for (const name of [BARE, 'stock', 'chat', 'gateway']) {
      if (!options.isWanted(name) || (name === BARE && conversations === 1)) continue;
      // New processes for each: what the one before left is not in the way.
      const stack = await lab.stack(name === 'gateway' ? { chat: 1, gateway: 1 } : name === 'chat' ? { chat: 1 } : {});
      const { url, pid } = await serverOf(name);
      const people = await Promise.all(Array.from({ length: FIRST + subscribers }, () => stack.signIn()));
      await seedGroups(stack.mysql, groups(people.map(({ userId }) => userId)));
      const tokens = people.map(({ token }) => token);
      const load = lab.helper('load/subscribers.ts');
      await load.ask('open', { url, tokens: tokens.slice(0, FIRST) } satisfies Opening);
      const before = await memoryOf(pid);
      const { refused } = await load.ask('open', { url, tokens: tokens.slice(FIRST) } satisfies Opening);
      const peak = residentKiB(pid);
      const after = await memoryOf(pid);
      rows.push({ name, conversations, refused, before, after, peak });
      console.log(`${name}, ${conversations} conversations: ${short((after.rss - before.rss) / subscribers)} KiB`);
      description = await whereAndWhen(stack, options.command);
      await load.stop();

      async function serverOf(side: string): Promise<{ url: string; pid: number }> {
        if (side === 'chat' || side === 'gateway') {
          const service = stack.services(side)[0];
          return { url: `${service?.url.replace('http', 'ws')}/graphql`, pid: service?.pid as number };
        }
        const helper = lab.helper(side === BARE ? 'floor/broadcast.ts' : 'stock/server.ts');
        return { url: await helper.ask('listen', stack.config.mysql), pid: helper.pid };
      }
    }
  }
  const text = [
    description,
    `${subscribers.toLocaleString('en-US')} subscribers, each another user with a socket. KiB a subscriber: what the process has in RAM more than before they came, both after a garbage collection, and how much of it are live objects and buffers of V8. ${FIRST.toLocaleString('en-US')} others were there before and stayed.`,
    table(
      ['', 'conversations', 'KiB a subscriber', 'of it live', 'MiB before', 'MiB after', 'MiB before the collection'],
      rows.map(({ name, conversations, before, after, peak }) => [
        name,
        conversations.toLocaleString('en-US'),
        short((after.rss - before.rss) / subscribers),
        short((after.heap - before.heap) / subscribers),
        short(before.rss / 1024),
        short(after.rss / 1024),
        short(peak / 1024),
      ]),
    ),
  ].join('\n\n');
  report('memory', text, options.write);
}
