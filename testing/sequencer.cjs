const { default: TestSequencer } = require('@jest/test-sequencer');

/**
 * The files that take longest, in the order in which they start. Jest knows how long a file took only where it
 * ran before; on a fresh checkout it goes by the size of files, and the last of these would run alone. Those
 * that mostly wait (for leases, reconnects, alerts) stand between those that compute, so that the workers keep
 * the processors busy together.
 */
const FIRST = [
  'e2e/faults/kills',
  'e2e/faults/rolling',
  'e2e/faults/stores',
  'subgraphs/tests/contract',
  'e2e/faults/failover',
  'doctor/tests/doctor',
  'e2e/faults/registry',
  'e2e/bad-input',
  'deploy/tests/monitoring/monitoring',
  'e2e/page',
  'e2e/faults/network',
  'e2e/story',
  'subgraphs/chat/tests/log/fsck',
  'subgraphs/file/tests/pictures/pictures',
  'e2e/faults/account-feed',
  'gateway/tests/composition',
  'e2e/backup',
  'gateway/tests/silence',
  'launch/tests/base',
].map((path) => `/${path}.test.ts`);

module.exports = class LongestFirst extends TestSequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const at = FIRST.findIndex((end) => path.endsWith(end));
      return at < 0 ? FIRST.length : at;
    };
    // The sort is stable: the others keep jest's order.
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
