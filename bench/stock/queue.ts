import type { EventEmitter } from 'node:events';

/**
 * The events of some channels of an emitter as an async iterator, as the usual `PubSub` of GraphQL examples
 * makes it: a queue for each subscriber.
 */
export function iterate<T>(emitter: EventEmitter, channels: readonly string[], first: T): AsyncIterableIterator<T> {
  const ready: T[] = [first];
  const waiting: ((result: IteratorResult<T>) => void)[] = [];
  let isOver = false;
  const push = (event: T) => {
    const next = waiting.shift();
    if (next) next({ value: event, done: false });
    else ready.push(event);
  };
  for (const channel of channels) emitter.on(channel, push);
  return {
    next() {
      if (isOver) return Promise.resolve({ value: undefined, done: true });
      const event = ready.shift();
      if (event !== undefined) return Promise.resolve({ value: event, done: false });
      return new Promise((resolve) => waiting.push(resolve));
    },
    return() {
      isOver = true;
      for (const channel of channels) emitter.off(channel, push);
      for (const settle of waiting.splice(0)) settle({ value: undefined, done: true });
      return Promise.resolve({ value: undefined, done: true });
    },
    throw: (error) => Promise.reject(error),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
