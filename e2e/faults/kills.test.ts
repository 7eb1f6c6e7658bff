import { testScenarios } from './expect.ts';
import { KILLS, ROLLING } from './scenarios.ts';

testScenarios('nothing is lost, doubled or out of order when instances die or are replaced', [...KILLS, ...ROLLING]);
