import type { ReachPair } from '../privacy/reach.ts';

import type { Device, Present } from './state.ts';

/** The connection of a device to this instance. */
export interface Connection {
  /** Unique in this instance. */
  id: string;
  userId: string;
  device: Device;
}

/** The devices of somebody before and after a change, and its number: a later change has a higher one. */
export interface DevicesChanged {
  userId: string;
  before: Device[];
  after: Device[];
  version: number;
}

/** An instance that no longer says that it lives, and when it did so last. */
export interface DeadInstance {
  instance: string;
  diedAt: Date;
}

/** Which devices of whom are connected to which instance: in Redis, which may lose it. */
export interface DeviceStore {
  connect(connections: readonly Connection[]): Promise<DevicesChanged[]>;
  disconnect(connection: Connection): Promise<DevicesChanged>;
  /** Says of a session that is connected, wherever, whether its user is away from it. */
  setAway(userId: string, sessionId: string, isAway: boolean): Promise<DevicesChanged>;
  /** The devices of each, in the order of the ids. */
  find(userIds: readonly string[]): Promise<Device[][]>;
  /**
   * Says that this instance lives. `isKnown` is false where Redis did not know that: it was emptied, or this
   * process stood still and counted as dead.
   */
  beat(): Promise<{ isKnown: boolean; dead: DeadInstance[] }>;
  /** Removes what a dead instance left, unless another instance does that already. */
  bury(instance: string): Promise<DevicesChanged[]>;
  /** Says that this instance has left. */
  leave(): Promise<void>;
}

/** When people were last connected: in MySQL. */
export interface LastSeenStore {
  find(userIds: readonly string[]): Promise<Map<string, Date>>;
  /** Keeps the later time of each. */
  save(times: ReadonlyMap<string, Date>): Promise<void>;
}

/** What is told of a person to all instances where somebody watches them. It may be lost. */
export type PresenceHint =
  | ({ version: number; lastSeenAt: string | null } & Present)
  /** Who may see the person has changed, or whom the person may see. */
  | 'AUDIENCE';

export interface PresenceHints {
  publish(userId: string, hint: PresenceHint): void;
  subscribe(userId: string, callback: (hint: PresenceHint) => void): Promise<() => void>;
  /** Hints may have been missed. */
  onReset(callback: () => void): () => void;
}

/** What a viewer may see of a person. */
export interface Sight {
  presence: boolean;
  lastSeen: boolean;
}

/** Decides that, by the settings of the person and what is between the two. */
export interface PresencePolicy {
  /** One for each pair, in their order. */
  sights(pairs: readonly ReachPair[]): Promise<Sight[]>;
}

export interface FriendIds {
  /** Ids of all friends of a user. */
  friendIds(userId: string): Promise<string[]>;
}
