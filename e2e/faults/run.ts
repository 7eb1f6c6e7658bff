import type { Person } from '../../testing/people.ts';
import { waitFor } from '../../testing/wait.ts';
import { type Arrival, check, checkHistory, type Receiver, readLogs, type Verdict } from './checker.ts';
import { ChatClient } from './client.ts';
import type { System } from './system.ts';
import { Traffic } from './traffic.ts';

/** Where a client finds its servers, the first one that it tries first. */
export type Home = (system: System, index: number) => readonly string[];

/** One of the six people. */
export interface Resident {
  home: Home;
  isSending: boolean;
}

export interface Scenario {
  name: string;
  residents: readonly Resident[];
  /**
   * Set where others stand in for what fails: within so many seconds any message is with all, although what
   * failed is not back.
   */
  bound?: number;
  prepare(system: System): Promise<{
    /**
     * Lets something fail, and resolves to the time from which on all should be well, as `performance.now()`.
     */
    strike(): Promise<number>;
    /** Takes away what was prepared. */
    clear?(): Promise<void>;
  }>;
}

/** How long all may take to have all, in ms: much more than they do, as it says that they never will. */
const PATIENCE = 60_000;
/** Messages that are accepted before something fails, and after it was over. */
const BEFORE = 60;
const AFTER = 120;

/**
 * Lets six clients write to each other while something fails, and compares what each of them has with the
 * log.
 */
export async function runScenario(system: System, { residents, prepare }: Scenario): Promise<Verdict> {
  const { stack, people, groups } = system;
  const { strike, clear } = await prepare(system);
  const records = residents.map(() => ({ arrivals: [] as Arrival[], violations: [] as string[] }));
  const clients = residents.map(({ home }, index) => {
    const { id: userId } = people[index] as Person;
    const token = async () => (await stack.signIn(userId)).token;
    return new ChatClient({
      userId,
      addresses: () => home(system, index),
      token,
      onEntry({ isPaged, ...entry }) {
        records[index]?.arrivals.push({ ...entry, at: performance.now() });
        // Nobody here misses more than an inbox replays.
        if (isPaged) records[index]?.violations.push(`had to page ${entry.seq} of ${entry.conversationId}`);
      },
      onFault: (what) => records[index]?.violations.push(what),
    });
  });
  let traffic: Traffic | null = null;
  try {
    await waitFor(() => clients.every(({ isStarted }) => isStarted), { timeout: PATIENCE, what: 'all inboxes' });
    const starts = clients.map(({ positions }) => new Map(positions));
    const senders = clients.map((client, index) => ({
      client,
      userId: people[index]?.id as string,
      conversationIds: [...(starts[index] as Map<string, number>).keys()],
    }));
    traffic = new Traffic(senders.filter((_, index) => residents[index]?.isSending));
    await traffic.flows(BEFORE);
    const recoveredAt = await strike();
    await traffic.flows(AFTER);
    await traffic.end();

    // The connections of this process may have been broken with the others.
    const logs = await waitFor(() => readLogs(stack, groups), { what: 'the logs' });
    const hasAll = ({ positions }: ChatClient) => [...positions].every(([id, seq]) => seq === logs.get(id)?.headSeq);
    // That some never have all is for the checker to say.
    await waitFor(() => clients.every(hasAll), { what: 'all clients to have all messages', timeout: PATIENCE }).catch(
      () => undefined,
    );
    const receivers: Receiver[] = records.map((record, index) => {
      return { ...record, name: `client ${index}`, starts: starts[index] as Map<string, number> };
    });
    const verdict = check(logs, traffic.sendings, receivers, recoveredAt);
    verdict.faults.push(...traffic.refusals);
    const gateway = system.running('gateway')[0]?.url;
    const api = stack.client(
      'gateway',
      stack.services('gateway').findIndex(({ url }) => url === gateway),
    );
    for (const id of groups) {
      const fault = await checkHistory(api.as((await stack.signIn(people[0]?.id)).token), logs, id);
      if (fault) verdict.faults.push(fault);
    }
    return verdict;
  } finally {
    traffic?.halt();
    for (const client of clients) client.stop();
    await clear?.();
    await system.repair();
  }
}
