import { testScenarios } from './expect.ts';
import { STORES } from './scenarios.ts';

testScenarios('nothing is lost, doubled or out of order when a base service dies', STORES);
