/** Seconds between signs of life of a slow step. */
const HEARTBEAT = 10;

/** Where the steps of a launch are told. */
export interface Progress {
  /**
   * Says that a step began and, when it is done, how many seconds it took. `work` tells what it waits for;
   * that is shown while it lasts.
   */
  step<T>(title: string, work: (waitsFor: (reason: string) => void) => Promise<T>): Promise<T>;
  /** One line that is not a step. */
  say(line: string): void;
}

/** Tells steps on standard output: a line when one begins, a tick and its seconds when it is done. */
export const terminalProgress: Progress = {
  async step(title, work) {
    const begin = Date.now();
    const seconds = () => ((Date.now() - begin) / 1000).toFixed(1);
    let reason = '';
    console.log(`… ${title}`);
    const heartbeat = setInterval(
      () => console.log(`… ${title}: ${Math.round(Number(seconds()))} s${reason && ` (${reason})`}`),
      HEARTBEAT * 1000,
    );
    try {
      const result = await work((told) => {
        reason = told;
      });
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
export const silentProgress: Progress = { step: (_title, work) => work(() => undefined), say: () => undefined };
