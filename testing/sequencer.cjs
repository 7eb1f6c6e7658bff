const { default: TestSequencer } = require('@jest/test-sequencer');

/**
 * Runs the failure scenarios first: they take longest, and mostly wait. Jest knows how long a file took only
 * where it ran before. On a fresh checkout it goes by the size of files, theirs are the smallest, and they
 * would run last and alone.
 */
module.exports = class LongestFirst extends TestSequencer {
  sort(tests) {
    const isLong = ({ path }) => path.includes('/e2e/faults/');
    const sorted = super.sort(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
