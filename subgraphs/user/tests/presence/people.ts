import type { Person } from '../../../../testing/people.ts';
import { collect } from '../../../../testing/socket.ts';
import { waitFor } from '../../../../testing/wait.ts';

export interface Presence {
  state: 'ONLINE' | 'AWAY' | 'OFFLINE' | null;
  devices: string[];
  lastSeenAt: string | null;
}

const PRESENCE = 'presence { state devices lastSeenAt }';
const CONTACTS = `subscription ($device: DeviceKind) { contactEvents(device: $device) {
  __typename seq ... on PresenceChanged { userId ${PRESENCE} }
} }`;
const CHOSEN = `subscription ($ids: [ID!]!) { presenceEvents(userIds: $ids) { userId ${PRESENCE} } }`;

/** What a subscription has told of the presence of people. */
export interface Heard {
  /** All of one person, in the order of the events. */
  of(person: Person): (Presence | null)[];
  /** Waits until the last of a person is so. */
  until(person: Person, fits: (presence: Presence | null) => boolean, what: string): Promise<Presence | null>;
  readonly errors: unknown[];
  readonly ended: boolean;
  stop(): Promise<void>;
}

/** Has somebody be connected with a device at an instance, and hear of their friends. */
export async function connect(person: Person, device: string, options = {}): Promise<Heard> {
  const client = person.socket('user', options);
  const collected = collect(client, CONTACTS, { device });
  await collected.until(({ contactEvents }) => contactEvents.__typename === 'ContactsStarted');
  return heard(client, collected, ({ contactEvents: event }) => event.__typename === 'PresenceChanged' && event);
}

/** Has somebody hear of chosen people. */
export function watch(person: Person, ids: string[], client = person.socket('user')): Heard {
  return heard(client, collect(client, CHOSEN, { ids }), ({ presenceEvents }) => presenceEvents);
}

/** What a query says. */
export async function presenceOf(viewer: Person, person: Person): Promise<Presence | null> {
  return (await viewer.user.data(`query ($id: ID!) { user(id: $id) { ${PRESENCE} } }`, { id: person.id })).user
    .presence;
}

function heard(
  client: ReturnType<Person['socket']>,
  collected: ReturnType<typeof collect>,
  // biome-ignore lint/suspicious/noExplicitAny: events are of two shapes
  read: (event: any) => { userId: string; presence: Presence | null } | false,
): Heard {
  const of = ({ id }: Person) =>
    collected.events.flatMap((event) => {
      const found = read(event);
      return found && found.userId === id ? [found.presence] : [];
    });
  return {
    of,
    async until(person, fits, what) {
      const isSo = () => of(person).length > 0 && fits(of(person).at(-1) ?? null);
      await waitFor(isSo, { what: () => `${what}; heard ${JSON.stringify(of(person))}`, timeout: 20_000 });
      return of(person).at(-1) ?? null;
    },
    get errors() {
      return collected.errors;
    },
    get ended() {
      return collected.ended;
    },
    async stop() {
      collected.stop();
      await client.dispose();
    },
  };
}
