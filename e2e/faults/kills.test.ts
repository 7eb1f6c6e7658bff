import { testScenarios } from './expect.ts';
import { KILLS } from './scenarios.ts';

testScenarios('nothing is lost, doubled or out of order when an instance dies', KILLS);
