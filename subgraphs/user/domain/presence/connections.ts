import type { Viewer } from '../../../../kit/identity/caller.ts';
import type { Log } from '../../../../kit/observe/log.ts';
import type { Connection, DeviceStore, DevicesChanged, LastSeenStore, PresenceHints } from './ports.ts';
import { type DeviceKind, isSame, presentOf } from './state.ts';

/** Connections that are told of at once. */
const CHUNK = 500;

/** The devices that are connected to this instance, and what becomes of those of an instance that died. */
export interface Connections {
  /** The viewer is connected from now on, until the function that this returns is called. */
  open(viewer: Viewer, kind: DeviceKind): () => void;
  /** Says whether a viewer is away from a session. Rejects where Redis is away. */
  setAway(viewer: Viewer, isAway: boolean): Promise<void>;
  count(): number;
  /** Says that this instance lives, tells what could not be told before, and buries instances that died. */
  beat(): Promise<void>;
  /** Writes when people were last seen. */
  write(): Promise<void>;
  /** Ends all connections, after the last `beat`. */
  close(): Promise<void>;
}

export function createConnections(ports: {
  devices: DeviceStore;
  lastSeen: LastSeenStore;
  hints: PresenceHints;
  log: Log;
}): Connections {
  const { devices, lastSeen, hints, log } = ports;
  const open = new Map<string, Connection>();
  /** Those that Redis has not been told of, and those whose end it has not been told of. */
  const untold = new Map<string, Connection>();
  const ended = new Map<string, Connection>();
  let telling: Promise<void> | null = null;
  let times = new Map<string, Date>();
  let count = 0;

  function saw(userId: string, at: Date): void {
    const known = times.get(userId);
    if (!known || known < at) times.set(userId, at);
  }

  function tell({ userId, before, after, version }: DevicesChanged, at = new Date()): void {
    const present = presentOf(after);
    if (isSame(presentOf(before), present)) return;
    const isGone = present.state === 'OFFLINE';
    if (isGone) saw(userId, at);
    hints.publish(userId, { ...present, version, lastSeenAt: isGone ? at.toISOString() : null });
  }

  /** Tells Redis what it has not been told. Where it is away, the next beat goes on. */
  async function tellAll(): Promise<void> {
    while (ended.size > 0 || untold.size > 0) {
      const left = [...ended.values()].slice(0, CHUNK);
      await Promise.all(
        left.map(async (connection) => {
          tell(await devices.disconnect(connection));
          ended.delete(connection.id);
        }),
      );
      const come = [...untold.values()].slice(0, CHUNK);
      for (const changed of await devices.connect(come)) tell(changed);
      // Not those that have ended meanwhile: that is told next.
      for (const { id } of come) untold.delete(id);
    }
  }

  function settle(): Promise<void> {
    telling ??= tellAll().finally(() => {
      telling = null;
    });
    return telling;
  }

  async function beat(): Promise<void> {
    const { isKnown, dead } = await devices.beat();
    if (!isKnown) for (const [id, connection] of open) untold.set(id, connection);
    await settle();
    for (const { instance, diedAt } of dead) {
      const left = await devices.bury(instance);
      for (const changed of left) tell(changed, diedAt);
      if (left.length > 0) log.info({ instance, people: left.length }, 'the connections of a dead instance were ended');
    }
  }

  async function write(): Promise<void> {
    const some = times;
    if (some.size === 0) return;
    times = new Map();
    try {
      await lastSeen.save(some);
    } catch (error) {
      for (const [userId, at] of some) saw(userId, at);
      throw error;
    }
  }

  const away = (error: unknown) => log.debug({ err: error }, 'Redis could not be told who is connected; trying again');

  return {
    open({ userId, sessionId }, kind) {
      count += 1;
      const connection: Connection = { id: String(count), userId, device: { sessionId, kind, isAway: false } };
      open.set(connection.id, connection);
      untold.set(connection.id, connection);
      void settle().catch(away);
      return () => {
        if (!open.delete(connection.id)) return;
        untold.delete(connection.id);
        ended.set(connection.id, connection);
        void settle().catch(away);
      };
    },

    async setAway({ userId, sessionId }, isAway) {
      tell(await devices.setAway(userId, sessionId, isAway));
    },

    count: () => open.size,
    beat,
    write,

    async close() {
      for (const connection of open.values()) ended.set(connection.id, connection);
      open.clear();
      untold.clear();
      await settle().catch(away);
      await devices.leave().catch(away);
      await write().catch((error) => log.warn({ err: error }, 'when people were last seen could not be written'));
    },
  };
}
