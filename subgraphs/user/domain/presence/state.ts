export type DeviceKind = 'DESKTOP' | 'MOBILE' | 'TABLET' | 'WEB' | 'OTHER';
export type PresenceState = 'ONLINE' | 'AWAY' | 'OFFLINE';

/** A connection of somebody, as others may know of it. */
export interface Device {
  sessionId: string;
  kind: DeviceKind;
  /** Whether its user has said that they are away from it. */
  isAway: boolean;
}

/** What the devices of a person say together. */
export interface Present {
  state: PresenceState;
  /** Each kind once, in the order of the alphabet. */
  devices: readonly DeviceKind[];
}

export const OFFLINE: Present = { state: 'OFFLINE', devices: [] };

/** Somebody is online on one device at least, or away from all that are connected. */
export function presentOf(devices: readonly Device[]): Present {
  if (devices.length === 0) return OFFLINE;
  const isAway = devices.every((device) => device.isAway);
  return { state: isAway ? 'AWAY' : 'ONLINE', devices: [...new Set(devices.map(({ kind }) => kind))].toSorted() };
}

export function isSame(one: Present, other: Present): boolean {
  return one.state === other.state && one.devices.join() === other.devices.join();
}
