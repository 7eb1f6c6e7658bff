import { testScenarios } from './expect.ts';
import { ROLLING } from './scenarios.ts';

testScenarios('nothing is lost, doubled or out of order in a deployment', ROLLING);
