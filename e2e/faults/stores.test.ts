import { testScenarios } from './expect.ts';
import { REGISTRY, STORES } from './scenarios.ts';

testScenarios('nothing is lost, doubled or out of order when a base service dies, and without etcd', [
  ...STORES,
  ...REGISTRY,
]);
