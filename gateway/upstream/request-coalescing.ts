import { ShortLivedMap } from '../../kit/base/containers/short-lived-map.ts';
import { counter } from '../../kit/observe/metrics.ts';
import { createEntityBatches, type EntityBatches, noEntities } from './entity-batching.ts';
import { LATE } from './errors.ts';
import { Punctuality, SAID_LATE } from './punctual.ts';
import { type RawReply, SingleFlight } from './single-flight.ts';
import type { Upstreams } from './socket-pool.ts';
import { type Asker, type Reply, readResult, type SubgraphRequest } from './subgraph-request.ts';

const shared = counter(
  'beaver_fetches_shared_total',
  'Questions to services that were not asked, because an equal one was on its way.',
).of();

/** Requests to services. Equal queries in flight are sent once. Nothing here rejects. */
export interface SubgraphRequests extends EntityBatches {
  ask(call: SubgraphRequest, asker: Asker): Promise<Reply>;
  /** The answer as unread bytes, for passing it through. */
  askRaw(call: SubgraphRequest, asker: Asker): Promise<RawReply>;
  /**
   * Invalidates queries in flight, after a mutation was answered or an event arrived. Later queries do not
   * share answers to earlier ones, so a client sees what it was just told of.
   */
  changed(): void;
}

export function createSubgraphRequests(upstreams: Upstreams): SubgraphRequests {
  /** Queries in flight, by everything that their answers depend on. */
  const flights = new ShortLivedMap<string, SingleFlight>();
  const changed = () => flights.clear();
  const punctuality = new Punctuality();
  const entities = createEntityBatches((call, asker) => send(call, asker, asker.watched !== undefined));

  function send(
    call: SubgraphRequest,
    { identity, requestId }: Asker,
    wantsAudience: boolean,
    onBroken = () => {},
  ): SingleFlight {
    const { promise, resolve } = Promise.withResolvers<RawReply>();
    const stop = upstreams.begin(
      { ...call, identity, requestId, wantsAudience },
      {
        next(result) {
          punctuality.answered(call.service);
          resolve({ result });
        },
        refused: (errors) => resolve({ result: null, errors }),
        complete: () => resolve({ result: null, errors: [] }),
        lost: () => resolve({ result: null, errors: [] }),
      },
    );
    return new SingleFlight(promise, () => {
      onBroken();
      stop();
    });
  }

  function fly(call: SubgraphRequest, asker: Asker): SingleFlight {
    const key = `${call.service} ${asker.identity.authorization} ${call.variables} ${call.text}`;
    const known = flights.get(key);
    if (known) {
      shared.count += 1;
      return known;
    }
    const forget = () => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    const flight = send(call, asker, false, forget);
    flights.set(key, flight);
    void flight.said.then(forget);
    return flight;
  }

  function askRaw(call: SubgraphRequest, asker: Asker): Promise<RawReply> {
    // Answers other than entities are this viewer's alone.
    void asker.watched?.viewer;
    return call.kind === 'query' ? fly(call, asker).join(asker.cancellation) : change(call, asker);
  }

  /**
   * Mutations go on when the client leaves: aborted half way, one would leave everybody without knowing what
   * was done.
   */
  async function change(call: SubgraphRequest, asker: Asker): Promise<RawReply> {
    const said = await send(call, asker, false).said;
    changed();
    return said;
  }

  return {
    askRaw,
    async ask(call, asker) {
      const said = punctuality.inTime<RawReply>(
        call.service,
        asker,
        () => askRaw(call, asker),
        () => SAID_LATE,
      );
      const reply = readResult(await said);
      if (call.kind === 'mutation' && reply.signedIn !== null)
        asker.identity.authorization = `Bearer ${reply.signedIn}`;
      return reply;
    },
    askEntities: (call, representations, asker) =>
      punctuality.inTime(
        call.service,
        asker,
        () => entities.askEntities(call, representations, asker),
        () => noEntities(representations.length, LATE),
      ),
    changed,
  };
}
