import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { canUseApt, installPackageWithApt } from '../launch/base/apt.ts';
import { findProgram } from '../launch/base/programs.ts';
import { PROGRAMS } from '../launch/workspace.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
/** A browser that asks nobody but the page's own host. */
const SWITCHES = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The path of Chromium on this machine, from apt where it is not there; null where it cannot be had. */
export async function findChromium(): Promise<string | null> {
  const find = () => NAMES.map((name) => findProgram(name)).find((path) => path !== undefined) ?? null;
  const found = find();
  if (found || !canUseApt()) return found;
  await installPackageWithApt('chromium', PROGRAMS);
  return find();
}

export interface Browser {
  context: BrowserContext;
  stop(): Promise<void>;
}

/** Runs Chromium without a window, and with a profile of its own. */
export async function startChromium(executablePath: string): Promise<Browser> {
  const directory = mkdtempSync(join(tmpdir(), 'beaver-chromium-'));
  const context = await chromium.launchPersistentContext(directory, {
    executablePath,
    headless: true,
    args: SWITCHES,
    viewport: { width: 1280, height: 800 },
  });
  return {
    context,
    async stop() {
      await context.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
