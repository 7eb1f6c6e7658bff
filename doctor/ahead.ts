/**
 * How far another clock is ahead of ours, in ms; the answer is taken for one of the middle of the question.
 */
export async function aheadBy(ask: () => Promise<number>): Promise<number> {
  const before = Date.now();
  const theirs = await ask();
  return Math.round(theirs - (before + Date.now()) / 2);
}
