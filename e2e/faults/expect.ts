import { runScenario, type Scenario } from './run.ts';
import { type System, startSystem } from './system.ts';

/**
 * The longest that all may take to have all, in seconds. Loose, as the machine may be busy; docs/faults.md
 * has what was measured.
 */
const BOUND = 30;
const TIMEOUT = 300_000;

/**
 * Runs scenarios one after the other on one system, and expects of each that nothing was lost, nothing came
 * twice, and all came in order.
 */
export function testScenarios(title: string, scenarios: readonly Scenario[], start = startSystem): void {
  describe(title, () => {
    let system: System | undefined;
    beforeAll(async () => {
      system = await start();
    }, TIMEOUT);
    afterAll(() => system?.stop(), TIMEOUT);

    test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
      '%s',
      async (_name, scenario) => {
        const verdict = await runScenario(system as System, scenario);
        expect(verdict).toMatchObject({ lost: 0, doubled: 0, outOfOrder: 0, faults: [] });
        expect(verdict.accepted).toBeGreaterThan(0);
        expect(verdict.secondsUntilAllHadAll).toBeLessThan(BOUND);
        if (scenario.bound) expect(verdict.secondsAtMost).toBeLessThan(scenario.bound);
      },
      TIMEOUT,
    );
  });
}
