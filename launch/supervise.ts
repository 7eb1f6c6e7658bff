import { existsSync, renameSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import type { ServiceName } from '../services.ts';
import { howItEnded, levelOf, readable, type Service, type ServiceOptions, spawnService } from './services.ts';

/**
 * The pause before a service that ended is started again, in ms: the first, and the longest after it doubled
 * each time.
 */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;
/** A service that lived this long begins again with the first pause. */
const GOOD_LIFE = 60_000;
/** At most so many warnings of a service are shown within a window; the rest is in its log. */
const SHOWN = 5;
const SHOWN_WINDOW = 10_000;
const SHOWN_LENGTH = 200;

export interface SuperviseOptions extends Pick<ServiceOptions, 'environment' | 'records' | 'program'> {
  name: ServiceName;
  /** The log of this start; the one before it is kept beside it as `<name>.previous.log`. */
  logFile: string;
  say: (line: string) => void;
}

/** A service that is kept running. */
export interface Supervised {
  name: ServiceName;
  /** Where it serves, once it does. */
  readonly url: string | undefined;
  /**
   * Settles when it serves for the first time; rejects with a StartupError when it doesn't: then it is not
   * started again.
   */
  ready: Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Starts a service, shows its warnings and errors, and starts it again whenever it ends unasked. */
export function supervise(options: SuperviseOptions): Supervised {
  const { name, say } = options;
  if (existsSync(options.logFile)) renameSync(options.logFile, options.logFile.replace(/\.log$/, '.previous.log'));
  const abort = new AbortController();
  const onLine = echo(name, say);
  let service: Service | undefined;
  let onReady: () => void = () => undefined;
  let onFailure: (error: unknown) => void = () => undefined;
  const ready = new Promise<void>((resolve, reject) => {
    onReady = resolve;
    onFailure = reject;
  });

  const keepRunning = async () => {
    let pause = FIRST_PAUSE;
    for (let first = true; ; ) {
      const began = Date.now();
      try {
        service = await spawnService({ ...options, onLine, signal: abort.signal });
        onReady();
        if (!first) say(`${name} serves again.`);
        first = false;
        const how = await howItEnded(service);
        if (!abort.signal.aborted) say(`${name} ${how}; its log is ${options.logFile}.`);
      } catch (error) {
        if (first) return onFailure(error);
        if (!abort.signal.aborted) say((error as Error).message);
      }
      if (Date.now() - began > GOOD_LIFE) pause = FIRST_PAUSE;
      if (!abort.signal.aborted) say(`Starting ${name} again in ${pause / 1000} s …`);
      await setTimeout(pause, undefined, { signal: abort.signal }).catch(() => undefined);
      if (abort.signal.aborted) return;
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  };
  const kept = keepRunning();
  const end = async (how: 'stop' | 'kill') => {
    abort.abort();
    await service?.[how]();
    await kept;
  };
  return {
    name,
    get url() {
      return service?.url;
    },
    ready,
    stop: () => end('stop'),
    kill: () => end('kill'),
  };
}

/**
 * Shows warnings and errors, and what is no log line at all (a crash before the log was open), briefly and
 * not too many.
 */
function echo(name: string, say: (line: string) => void): (line: string) => void {
  let windowBegan = 0;
  let shown = 0;
  return (line) => {
    const level = levelOf(line);
    if (line.trim() === '' || (level !== null && !['WARN', 'ERROR', 'FATAL'].includes(level))) return;
    if (Date.now() - windowBegan > SHOWN_WINDOW) {
      windowBegan = Date.now();
      shown = 0;
    }
    shown += 1;
    if (shown <= SHOWN) say(`[${name}] ${stripVTControlCharacters(readable(line)).slice(0, SHOWN_LENGTH)}`);
    else if (shown === SHOWN + 1) say(`[${name}] … more in its log`);
  };
}
