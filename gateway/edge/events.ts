import { LRUCache } from 'lru-cache';
import type { Bytes } from '../../kit/base/bytes.ts';
import type { Caller } from '../../kit/identity/caller.ts';
import { type Answering, SharedAnswers } from '../../kit/socket/shared-answers.ts';
import { variablesText } from '../execution/fetches.ts';
import type { Request } from '../operation/execute.ts';
import type { PreparedOperation } from '../operation/prepared.ts';
import type { Pipeline } from '../pipeline.ts';
import { Cancellation } from '../upstream/cancellation.ts';
import { Deadline } from '../upstream/deadline.ts';
import type { Data } from '../upstream/response-data.ts';

/** The answers to events that other services have to complete. */
export interface EventAnswers {
  /**
   * The answer for one subscriber. What is the same event to several of them, whom the services have each
   * given it, is completed once for all for whom it is the same: a service says with its part what it asked
   * about the viewer, and where it does not say, everybody's answer is their own.
   */
  answer(request: Request, event: Buffer, caller: Caller): Bytes | Promise<Bytes>;
  counts(): { executions: number; shared: number };
}

/** Events that are recognised, and for how long, in ms: subscribers get the same one within a moment. */
const MAX_EVENTS = 1_000;
const LIFETIME = 5_000;

/** `timeout`: how long an event waits for the services that complete it, in ms. */
export function createEventAnswers(pipeline: Pipeline, timeout: number): EventAnswers {
  const answers = new SharedAnswers();
  /** Events by their bytes: by the same object, answers to it are found. */
  const known = new LRUCache<string, { event: Buffer }>({ max: MAX_EVENTS, ttl: LIFETIME });

  function recognise(event: Buffer): { event: Buffer } {
    const key = event.toString('latin1');
    const found = known.get(key);
    if (found) return found;
    const made = { event: Buffer.from(event) };
    known.set(key, made);
    return made;
  }

  return {
    answer(request, event, caller) {
      const recognised = recognise(event);
      const answering: Answering = {
        key: keyOf(request.prepared, request.variables),
        async answer(_event, watched) {
          const deadline = new Deadline(timeout);
          // Others may wait for it too: it does not end with the first who leaves.
          const shared = { ...request, watched, cancellation: new Cancellation(), deadline };
          const json = await pipeline.answerEvent(shared, recognised.event);
          deadline.clear();
          return json;
        },
      };
      return answers.answer(recognised, answering, caller);
    },
    counts: () => answers.counts,
  };
}

/** What answers depend on besides the event: not on the variables by which the subscription was opened. */
function keyOf({ id, eventVariables }: PreparedOperation, variables: Data): unknown {
  return eventVariables.length === 0 ? id : `${id} ${variablesText(eventVariables, variables)}`;
}
