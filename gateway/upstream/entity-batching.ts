import type { GraphQLFormattedError } from 'graphql';
import { type Bytes, fromBytes } from '../../kit/base/bytes.ts';
import { ShortLivedMap } from '../../kit/base/containers/short-lived-map.ts';
import { hear } from '../../kit/graph/audience.ts';
import { isUnreachable } from './errors.ts';
import { copy, type Data, isData } from './response-data.ts';
import { LEFT, type SingleFlight } from './single-flight.ts';
import { type Asker, type Reply, readResult, type SubgraphRequest } from './subgraph-request.ts';

/** The operation that takes `$representations`, and its other variables without the braces. */
export type EntityRequest = Omit<SubgraphRequest, 'kind'>;

/** Entities in the order of their representations. */
export interface EntityReply {
  /** The caller may change them. */
  entities: (Data | null)[];
  /** An error of one entity, with the rest of its path; or of none. */
  errors: { error: GraphQLFormattedError; index: number | null; rest: readonly (string | number)[] }[];
}

export interface EntityBatches {
  /**
   * `representations` are distinct, in JSON, at least one. Fetches for the same viewer at the same time are
   * batched.
   */
  askEntities(call: EntityRequest, representations: readonly Bytes[], asker: Asker): Promise<EntityReply>;
}

/** Characters of representations in one request, about: well below the message limit of an instance. */
const MAX_SIZE = 250_000;

interface Waiting {
  /** Indexes of its representations among those of the request. */
  places: readonly number[];
  asker: Asker;
  resolve(reply: EntityReply): void;
}

/** A batch of entity fetches with the same operation. */
interface Batch {
  call: EntityRequest;
  asker: Asker;
  /** Representations of the request. */
  representations: Bytes[];
  /** Index of each representation; null while the batch has one fetch, whose representations are distinct. */
  places: Map<Bytes, number> | null;
  size: number;
  waiting: Waiting[];
}

/**
 * Batches entity fetches of one operation, or of several of the same viewer, that are made at the same time.
 */
export function createEntityBatches(send: (call: SubgraphRequest, asker: Asker) => SingleFlight): EntityBatches {
  const open = new ShortLivedMap<string, Batch>();
  let isScheduled = false;

  /**
   * Sends batches after the present work: everything that one read from the network brought is answered
   * together, and fetches together.
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
    // The reply is read once. Fetches whose client has left get it too, unread.
    const reply = readResult(said.find((one) => one !== LEFT) ?? LEFT);
    // If no instance was reached, none has asked anything about the viewer.
    if (!isUnreachable(reply.errors[0])) for (const one of waiting) listen(one.asker, reply.audience);
    deal(reply, representations.length, waiting);
  }

  return {
    askEntities(call, representations, asker) {
      const key = `${call.service} ${asker.watched ? 'watched ' : ''}${asker.identity.authorization} ${call.variables} ${call.text}`;
      let batch = open.get(key);
      if (!batch || batch.size > MAX_SIZE) {
        // A full batch goes out with the others, under a key that no fetch finds.
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

/** The reply to a fetch when no representation got an entity. */
export function noEntities(count: number, error: GraphQLFormattedError): EntityReply {
  return { entities: Array(count).fill(null), errors: [{ error, index: null, rest: [] }] };
}

/**
 * Records what the service asked about the viewer. An event that went out before has nothing of this reply.
 */
function listen({ watched, deadline }: Asker, audience: unknown): void {
  if (watched && !deadline?.isOver) hear(watched, audience);
}

/** Adds a fetch to a batch. Returns the indexes of its representations. */
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
 * Gives each fetch its entities. The first fetch of an entity gets the object itself, the others a copy, as
 * each adds to its own.
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
