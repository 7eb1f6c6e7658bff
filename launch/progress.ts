/** Seconds between signs of life of a slow step. */
const HEARTBEAT = 10;

/** Where the steps of a launch are told. */
export interface Progress {
  /** Says that a step began and, when it is done, how many seconds it took. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** One line that is not a step. */
  say(line: string): void;
}

/** Tells steps on standard output: a line when one begins, a tick and its seconds when it is done. */
export const terminalProgress: Progress = {
  async step(title, work) {
    const begin = Date.now();
    const seconds = () => ((Date.now() - begin) / 1000).toFixed(1);
    console.log(`… ${title}`);
    const heartbeat = setInterval(
      () => console.log(`… ${title}: ${Math.round(Number(seconds()))} s`),
      HEARTBEAT * 1000,
    );
    try {
      const result = await work();
      console.log(`✓ ${title} (${seconds()} s)`);
      return result;
    } catch (error) {
      console.log(`✗ ${title} (${seconds()} s)`);
      throw error;
    } finally {
      clearInterval(heartbeat);
    }
  },
  say: (line) => console.log(line),
};

/** Tells nothing: for tests. */
export const silentProgress: Progress = { step: (_title, work) => work(), say: () => undefined };
