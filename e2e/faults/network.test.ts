import { testScenarios } from './expect.ts';
import { NETWORK } from './scenarios.ts';

testScenarios('nothing is lost, doubled or out of order when an instance falls silent', NETWORK);
