import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFault, SUPPORTED_NODE } from '../node-version.mjs';
import { ROOT } from '../workspace.ts';

describe('the version of Node', () => {
  it.each(['20.19.0', '20.20.2', '22.12.0', '22.22.1', '24.0.0', '24.21.0', '25.1.0', '26.0.0'])(
    '%s will do',
    (version) => {
      expect(nodeFault(version)).toBeNull();
    },
  );

  it.each(['12.22.9', '18.19.0', '20.0.0', '20.18.3', '21.7.3', '22.0.0', '22.11.0', '23.11.1'])(
    '%s is refused with what to install',
    (version) => {
      expect(nodeFault(version)).toMatch(
        `needs Node 20.19 or later of 20, 22.12 or later of 22, or 24 and later; this is Node ${version}.`,
      );
    },
  );

  it('is what package.json and its lock promise', () => {
    const read = (name: string) => JSON.parse(readFileSync(join(ROOT, name), 'utf8'));
    expect(read('package.json').engines.node).toBe(SUPPORTED_NODE);
    expect(read('package-lock.json').packages[''].engines.node).toBe(SUPPORTED_NODE);
  });
});
