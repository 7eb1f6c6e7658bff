import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BaseServices, startBaseServices } from '../../launch/base/index.ts';
import type { BaseName } from '../../launch/base/names.ts';
import { silentProgress } from '../../launch/progress.ts';
import { RECORDS_VARIABLE, type Service } from '../../launch/services.ts';
import { PROGRAMS } from '../../launch/workspace.ts';
import type { ServiceName } from '../../services.ts';
import { crowd, type Person } from '../../testing/people.ts';
import { type Stack, startStack } from '../../testing/stack.ts';

/** How many of each service there are, before and after every scenario. */
export const COUNTS = { auth: 1, user: 1, chat: 2, file: 1, gateway: 2 } as const;

/**
 * The whole system with base services of its own, so that each part of it can die, and six people who write
 * to each other in three groups.
 */
export interface System {
  stack: Stack;
  people: readonly Person[];
  /** The ids of the groups. */
  groups: readonly string[];
  /** The environment of the processes, as it says where the base services are. */
  environment: Readonly<Record<string, string>>;
  /** The instances that run now, the oldest first. */
  running(name: ServiceName): Service[];
  base(name: BaseName): BaseControl;
  /** Starts what is missing and stops what is too much. */
  repair(): Promise<void>;
  stop(): Promise<void>;
}

export interface BaseControl {
  kill(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Removes its data; it must not run. */
  empty(): void;
}

export async function startSystem(): Promise<System> {
  const directory = mkdtempSync(join(tmpdir(), 'beaver-faults-'));
  const records = process.env[RECORDS_VARIABLE];
  // Kept data: what MySQL said is committed must be there after it was killed.
  const base = await startBaseServices({
    directory,
    programs: PROGRAMS,
    keep: true,
    // To hold up commits, and to see which wait.
    privileges: 'RELOAD, PROCESS',
    environment: {},
    progress: silentProgress,
    ...(records ? { records } : {}),
  });
  const end = async () => {
    await base.kill();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const { MYSQL_DATABASE: _, ...environment } = base.environment;
    const stack = await startStack(COUNTS, environment);
    try {
      return {
        ...(await inhabit(stack)),
        ...controlOf(stack),
        base: (name) => baseOf(base, directory, name),
        environment,
        stop: () => stack.stop().finally(end),
      };
    } catch (error) {
      await stack.stop();
      throw error;
    }
  } catch (error) {
    await end();
    throw error;
  }
}

/** Six friends: one group of all of them, and two of four each. */
export async function inhabit(stack: Stack): Promise<Pick<System, 'stack' | 'people' | 'groups'>> {
  const people = await crowd(stack, 6);
  const [owner, ...others] = people as [Person, ...Person[]];
  await owner.befriend(...others);
  const groups = [
    await owner.group('All', others),
    await owner.group('First', others.slice(0, 3)),
    await owner.group('Last', others.slice(2)),
  ];
  return { stack, people, groups };
}

function baseOf(base: BaseServices, directory: string, name: BaseName): BaseControl {
  const service = base.services.get(name);
  if (!service) throw new Error(`There is no private ${name}.`);
  return { ...service, empty: () => rmSync(join(directory, name, 'dump.rdb'), { force: true }) };
}

/** What a scenario does with the processes of a stack. */
export function controlOf(stack: Stack): Pick<System, 'running' | 'repair'> {
  const running = (name: ServiceName) =>
    stack.services(name).filter(({ process }) => process.exitCode === null && process.signalCode === null);
  return {
    running,
    async repair() {
      for (const [name, count] of Object.entries(COUNTS) as [ServiceName, number][]) {
        const left = running(name);
        await Promise.all(left.slice(count).map((service) => service.stop()));
        await Promise.all(Array.from({ length: Math.max(0, count - left.length) }, () => stack.add(name)));
      }
    },
  };
}
