// Loaded before the programs that are measured (NODE_OPTIONS=--import): on SIGUSR2 it does what
// `<BENCH_DIRECTORY>/<pid>.ask` says and writes the answer beside it. Until then it does nothing. So memory
// can be read after a garbage collection, and CPU be profiled, without a line for it in the services.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let session: Session | undefined;

const COMMANDS: Record<string, () => Promise<unknown>> = {
  /** Memory after everything that is garbage is gone. */
  async memory() {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options: object) => void;
    for (let round = 0; round < 3; round += 1) {
      // As when memory runs out: it also gives free pages back to the system.
      collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return process.memoryUsage();
  },
  async profile() {
    session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 500 });
    await session.post('Profiler.start');
    return null;
  },
  async profiled() {
    const result = await session?.post('Profiler.stop');
    session?.disconnect();
    return result?.profile;
  },
};

const directory = process.env.BENCH_DIRECTORY;
if (directory) {
  process.on('SIGUSR2', () => {
    const path = join(directory, String(process.pid));
    const command = COMMANDS[readFileSync(`${path}.ask`, 'utf8')];
    void command?.().then((answer) => {
      writeFileSync(`${path}.part`, JSON.stringify(answer));
      renameSync(`${path}.part`, `${path}.answer`);
    });
  });
}
