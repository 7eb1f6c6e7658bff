import { join } from 'node:path';
import { StartupError } from '../../kit/base/errors.ts';
import { createLog } from '../../kit/observe/log.ts';
import { loadPolicies } from '../operation/access/policies.ts';

const log = createLog('test', 'silent');
const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);
const viewer = { userId: 'u', sessionId: 's', scopes: ['friend'], expiresAt: 0 };

test('a policy lets in whom it says, one that fails or is not there nobody', async () => {
  const policies = await loadPolicies(fixture('policies.ts'), log);
  const met = ['friend', 'broken', 'unknown', 'toString'].filter((name) => policies(name, viewer));
  expect(met).toEqual(['friend']);
  expect(policies('friend', null)).toBe(false);
});

test('without a module no policy is met', async () => {
  expect((await loadPolicies(undefined, log))('friend', viewer)).toBe(false);
});

test.each([
  ['there is no such module', 'no-policies.ts', /cannot be loaded/],
  ['it exports no policies', '../harness.ts', /exports no policies/],
])('the gateway does not start where %s', async (_what, name, message) => {
  const loading = loadPolicies(fixture(name), log);
  await expect(loading).rejects.toThrow(StartupError);
  await expect(loading).rejects.toThrow(message);
});
