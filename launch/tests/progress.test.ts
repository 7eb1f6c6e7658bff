import { terminalProgress } from '../progress.ts';

const { jest } = import.meta;

it('a slow step tells every 10 s that it goes on, and what it waits for', async () => {
  jest.useFakeTimers();
  const lines: unknown[] = [];
  const log = jest.spyOn(console, 'log').mockImplementation((line) => void lines.push(line));
  try {
    let finish: () => void = () => undefined;
    const step = terminalProgress.step('Starting MySQL', async (waitsFor) => {
      await new Promise<void>((resolve) => {
        setTimeout(waitsFor, 15_000, 'it does not listen yet.');
        finish = resolve;
      });
    });
    jest.advanceTimersByTime(20_000);
    finish();
    await step;
  } finally {
    log.mockRestore();
    jest.useRealTimers();
  }
  expect(lines).toEqual([
    '… Starting MySQL',
    '… Starting MySQL: 10 s',
    '… Starting MySQL: 20 s (it does not listen yet.)',
    '✓ Starting MySQL (20.0 s)',
  ]);
});
