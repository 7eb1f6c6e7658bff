import type { GraphQLFormattedError } from 'graphql';
import { type Bytes, fromBytes } from '../../kit/base/bytes.ts';
import { ShortLivedMap } from '../../kit/base/containers/short-lived-map.ts';
import { hear } from '../../kit/graph/audience.ts';
import { isUnreachable } from './errors.ts';
import { copy, type Data, isData } from './response-data.ts';
import { LEFT, type SingleFlight } from './single-flight.ts';
import { type Asker, type Reply, readResult, type SubgraphRequest } from './subgraph-request.ts';

/**
 * What a service is asked of objects: the operation that takes `$representations`, and its other variables
 * without the braces.
 */
export type EntityRequest = Omit<SubgraphRequest, 'kind'>;

/** What a service said of the objects, in the order of their representations. */
export interface EntityReply {
  /** The caller may change them. */
  entities: (Data | null)[];
  /** An error about one of them, with the rest of its path; or about none. */
  errors: { error: GraphQLFormattedError; index: number | null; rest: readonly (string | number)[] }[];
}

export interface EntityBatches {
  /**
   * `representations` are distinct, in JSON, at least one. What is asked at the same time for the same viewer
   * is asked together.
   */
  askEntities(call: EntityRequest, representations: readonly Bytes[], asker: Asker): Promise<EntityReply>;
}

/** Characters of representations in one request, about: well below what a message to an instance may have. */
const MAX_SIZE = 250_000;

interface Waiting {
  /** Where its representations are among those of the request. */
  places: readonly number[];
  asker: Asker;
  resolve(reply: EntityReply): void;
}

/** What is asked of objects together. */
interface Batch {
  call: EntityRequest;
  asker: Asker;
  /** What the request asks about. */
  representations: Bytes[];
  /** Where each of them stands; null as long as one alone asks, who never asks twice. */
  places: Map<Bytes, number> | null;
  size: number;
  waiting: Waiting[];
}

/**
 * Asks once for what the fetches of one operation, or of several of the same viewer, want to know at the same
 * time.
 */
export function createEntityBatches(send: (call: SubgraphRequest, asker: Asker) => SingleFlight): EntityBatches {
  const open = new ShortLivedMap<string, Batch>();
  let isScheduled = false;

  /**
   * After all that goes on now: what came in one read from the network is answered together, and asks
   * together.
   */
  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    queueMicrotask(() => process.nextTick(flush));
  }

  function flush(): void {
    isScheduled = false;
    const batches = [...open.values()];
    open.clear();
    for (const batch of batches) void answer(batch);
  }

  async function answer({ call, asker, representations, waiting }: Batch): Promise<void> {
    const { service, text, variables } = call;
    const texts = fromBytes(representations.join(',') as Bytes);
    const all = `{"representations":[${texts}]${variables === '' ? '' : `,${variables}`}}`;
    const flight = send({ service, kind: 'query', text, variables: all }, asker);
    const said = await Promise.all(waiting.map((one) => flight.join(one.asker.cancellation)));
    // It is read once. Who has left gets it too: nobody looks at that.
    const reply = readResult(said.find((one) => one !== LEFT) ?? LEFT);
    // Where no instance could be asked, none has asked anything about the viewer.
    if (!isUnreachable(reply.errors[0])) for (const one of waiting) listen(one.asker, reply.audience);
    deal(reply, representations.length, waiting);
  }

  return {
    askEntities(call, representations, asker) {
      const key = `${call.service} ${asker.watched ? 'watched ' : ''}${asker.identity.authorization} ${call.variables} ${call.text}`;
      let batch = open.get(key);
      if (!batch || batch.size > MAX_SIZE) {
        // One that is full goes out with the others, under a key that nobody asks for.
        if (batch) open.set(`${key} ${open.size}`, batch);
        batch = { call, asker, representations: [], places: null, size: 0, waiting: [] };
        open.set(key, batch);
      }
      const places = join(batch, representations);
      const { waiting } = batch;
      schedule();
      return new Promise((resolve) => waiting.push({ places, asker, resolve }));
    },
  };
}

/** The reply where there is none to any representation. */
export function noEntities(count: number, error: GraphQLFormattedError): EntityReply {
  return { entities: Array(count).fill(null), errors: [{ error, index: null, rest: [] }] };
}

/** Notes what the service asked about the viewer. An event that went out before has nothing of this reply. */
function listen({ watched, deadline }: Asker, audience: unknown): void {
  if (watched && !deadline?.isOver) hear(watched, audience);
}

/** Takes up what one more wants to know; returns where it stands. */
function join(batch: Batch, representations: readonly Bytes[]): number[] {
  const { representations: all, waiting } = batch;
  if (waiting.length > 0) batch.places ??= new Map(all.map((text, place) => [text, place]));
  return representations.map((text) => {
    const known = batch.places?.get(text);
    if (known !== undefined) return known;
    const place = all.push(text) - 1;
    batch.places?.set(text, place);
    batch.size += text.length;
    return place;
  });
}

/**
 * Gives each what is theirs. The first who gets an object gets it itself, the others a copy, as everybody
 * adds to theirs.
 */
function deal({ data, errors }: Reply, count: number, waiting: readonly Waiting[]): void {
  const said: unknown = data?._entities;
  const entities: readonly unknown[] = Array.isArray(said) && said.length === count ? said : [];
  const general = errors.filter(({ path }) => path?.[0] !== '_entities' || typeof path[1] !== 'number');
  if (data && entities.length === 0)
    general.push({ message: `The service was asked for ${count} objects and did not answer with as many.` });
  const isGiven: boolean[] = [];
  for (const { places, resolve } of waiting) {
    const indexes = new Map(errors.length === 0 ? [] : places.map((place, index) => [place, index]));
    resolve({
      entities: places.map((place) => {
        const entity = entities[place];
        if (!isData(entity)) return null;
        if (isGiven[place]) return copy(entity);
        isGiven[place] = true;
        return entity;
      }),
      errors: [
        ...general.map((error) => ({ error, index: null, rest: [] })),
        ...errors.flatMap((error) => {
          const [first, place, ...rest] = error.path ?? [];
          const index = first === '_entities' && typeof place === 'number' ? indexes.get(place) : undefined;
          return index === undefined ? [] : [{ error, index, rest }];
        }),
      ],
    });
  }
}
