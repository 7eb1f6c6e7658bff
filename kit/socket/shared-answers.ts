import type { Bytes } from '../base/bytes.ts';
import { newUuid } from '../base/ids.ts';
import { type Audience, createAudience, isFor, watch } from '../graph/audience.ts';
import type { Caller } from '../identity/caller.ts';
import { currentRequest } from '../observe/request.ts';

/** One execution for an event, and who may share its answer. */
interface Answer extends Audience {
  payload: Bytes | null;
  /** Settles when the payload is there, or turns out to be personal. */
  pending: Promise<void> | null;
}

/** Answers to one event, for one operation with the same variables. */
interface Answers {
  shared: Answer[];
  /** Whether one was personal. From then on nobody waits for another's answer. */
  wasPersonal: boolean;
}

/**
 * How an operation answers events. Subscribers with equal `key` sent the same operation with the same
 * variables.
 */
export interface Answering {
  key: unknown;
  /** Executes for one event. Never throws, never rejects. */
  answer(event: object, caller: Caller): Bytes | Promise<Bytes>;
}

/** How long an answer is shared, in ms: data of other services in it, or a grant, grows old. */
const LIFETIME = 5_000;
/** Cache limits: events, and bytes of their answers. */
const MAX_EVENTS = 1_000;
const MAX_BYTES = 16_000_000;
/** Cache limit: answers to one event. More mean that each viewer gets another. */
const MAX_ANSWERS = 16;

/**
 * Cache of answers to events, each executed once for all viewers who see the same. The first subscriber that
 * gets an event object has it executed, and the questions that were asked about the viewer are recorded.
 * Subscribers with the same replies get the same bytes. An execution that reads `caller.viewer` is not
 * shared.
 */
export class SharedAnswers {
  /** Executions so far, and executions that were saved. */
  readonly counts = { executions: 0, shared: 0 };
  readonly #events = new Map<object, { at: number; size: number; byOperation: Map<unknown, Answers> }>();
  #size = 0;
  /** The last find: very many subscribers ask for the same event one after the other. */
  #last: { event: object; key: unknown; at: number; answers: Answers } | null = null;

  answer(event: object, answering: Answering, caller: Caller): Bytes | Promise<Bytes> {
    const answers = this.#of(event, answering.key);
    for (const known of answers.shared) {
      if (!isFor(known, caller)) continue;
      if (known.payload) {
        this.counts.shared += 1;
        return known.payload;
      }
      if (!answers.wasPersonal && known.pending) return known.pending.then(() => this.answer(event, answering, caller));
    }
    return this.#execute(event, answering, caller, answers);
  }

  #execute(event: object, answering: Answering, caller: Caller, answers: Answers): Bytes | Promise<Bytes> {
    this.counts.executions += 1;
    const answer: Answer = { ...createAudience(), payload: null, pending: null };
    const { promise, resolve } = Promise.withResolvers<void>();
    const watched = watch(caller, answer, () => {
      answers.wasPersonal = true;
      answers.shared = answers.shared.filter((other) => other !== answer);
      resolve();
    });
    const made = currentRequest.run({ requestId: newUuid() }, () => answering.answer(event, watched));
    if (!(made instanceof Promise)) {
      this.#keep(event, answers, answer, made);
      return made;
    }
    answer.pending = promise;
    if (!answer.isPersonal && answers.shared.length < MAX_ANSWERS) answers.shared.push(answer);
    return made.then((payload) => {
      this.#keep(event, answers, answer, payload);
      answer.pending = null;
      resolve();
      return payload;
    });
  }

  #keep(event: object, answers: Answers, answer: Answer, payload: Bytes): void {
    if (answer.isPersonal) return;
    answer.payload = payload;
    if (!answer.pending && answers.shared.length < MAX_ANSWERS) answers.shared.push(answer);
    const entry = this.#events.get(event);
    if (!entry) return;
    entry.size += payload.length;
    this.#size += payload.length;
    this.#shrink();
  }

  #of(event: object, key: unknown): Answers {
    const now = performance.now();
    const last = this.#last;
    if (last?.event === event && last.key === key && now - last.at <= LIFETIME) return last.answers;
    let entry = this.#events.get(event);
    if (entry && now - entry.at > LIFETIME) {
      this.#drop(event, entry);
      entry = undefined;
    }
    if (!entry) {
      entry = { at: now, size: 0, byOperation: new Map() };
      this.#events.set(event, entry);
      this.#shrink();
    }
    let answers = entry.byOperation.get(key);
    if (!answers) {
      answers = { shared: [], wasPersonal: false };
      entry.byOperation.set(key, answers);
    }
    this.#last = { event, key, at: entry.at, answers };
    return answers;
  }

  #shrink(): void {
    const now = performance.now();
    for (const [event, entry] of this.#events) {
      // The oldest come first.
      if (this.#events.size <= MAX_EVENTS && this.#size <= MAX_BYTES && now - entry.at <= LIFETIME) return;
      this.#drop(event, entry);
    }
  }

  #drop(event: object, { size }: { size: number }): void {
    if (this.#last?.event === event) this.#last = null;
    this.#events.delete(event);
    this.#size -= size;
  }
}
