import { testScenarios } from './expect.ts';
import { KILLS, NETWORK, ROLLING } from './scenarios.ts';

testScenarios('nothing is lost, doubled or out of order when instances die, fall silent or are replaced', [
  ...KILLS,
  ...NETWORK,
  ...ROLLING,
]);
