import { testScenarios } from './expect.ts';
import { REGISTRY } from './scenarios.ts';

testScenarios('nothing is lost, doubled or out of order without etcd', REGISTRY);
