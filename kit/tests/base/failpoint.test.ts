import { readSharedConfig } from '../../base/config.ts';
import { createFailpoint } from '../../base/failpoint.ts';

const faultIn = (environment: Record<string, string>) => readSharedConfig({ ...process.env, ...environment }).fault;

test('a fault is read in tests, and means nothing anywhere else', () => {
  const BEAVER_FAULT = 'chat.committed:25';
  expect(faultIn({ NODE_ENV: 'test', BEAVER_FAULT })).toEqual({ point: 'chat.committed', times: 25 });
  for (const NODE_ENV of ['production', 'development', '']) expect(faultIn({ NODE_ENV, BEAVER_FAULT })).toBeUndefined();
  expect(() => faultIn({ NODE_ENV: 'test', BEAVER_FAULT: 'chat.committed' })).toThrow(/BEAVER_FAULT/);
});

test('without a fault a fault point does nothing, however often somebody comes by', () => {
  const failpoint = createFailpoint(undefined);
  for (let i = 0; i < 100; i += 1) failpoint('chat.committed');
});
