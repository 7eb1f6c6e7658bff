import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Job, Outcome } from '../subgraphs/file/storage/pictures/messages.ts';
import { PICTURE_LIMITS, startWorker } from '../subgraphs/file/storage/pictures/pool.ts';
import { zeroPng } from '../testing/pictures.ts';
import { short, table } from './figures.ts';
import type { Lab } from './lab.ts';
import type { Options } from './options.ts';
import { cpuSeconds, peakKiB } from './proc.ts';
import { report, whereAndWhen } from './report.ts';

const noise = (width: number, height: number) =>
  sharp({
    create: { width, height, channels: 3, background: 'red', noise: { type: 'gaussian', mean: 128, sigma: 30 } },
  });

/** The dearest pictures of each kind that are taken, and some that are not. */
const PICTURES: [string, () => Buffer | Promise<Buffer>][] = [
  ['PNG 60 × 40', () => zeroPng(60, 40, { colour: 2 })],
  ['JPEG 7,000 × 7,000', () => noise(7_000, 7_000).jpeg().toBuffer()],
  ['JPEG 7,000 × 7,000, progressive', () => noise(7_000, 7_000).jpeg({ progressive: true }).toBuffer()],
  ['PNG 7,000 × 7,000, RGBA, 16 bits', () => zeroPng(7_000, 7_000, { colour: 6, depth: 16 })],
  ['PNG 7,000 × 7,000, RGBA, interlaced', () => zeroPng(7_000, 7_000, { colour: 6, isInterlaced: true })],
  ['PNG 3,000 × 16,384, grey', () => zeroPng(3_000, 16_384)],
  ['WebP 7,000 × 7,000', () => noise(7_000, 7_000).webp({ effort: 0 }).toBuffer()],
  ['AVIF 4,700 × 4,700', () => noise(4_700, 4_700).avif({ effort: 0 }).toBuffer()],
  ['AVIF 7,000 × 7,000', () => noise(7_000, 7_000).avif({ effort: 0, quality: 10 }).toBuffer()],
  [
    'PNG 7,000 × 7,000, RGBA, 16 bits, interlaced',
    () => zeroPng(7_000, 7_000, { colour: 6, depth: 16, isInterlaced: true }),
  ],
];

/**
 * What pictures take of the process that decodes them, uploaded as avatars: from the file to three sizes,
 * cleaned.
 */
export async function pictures(lab: Lab, { command, isWanted, write }: Options): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'beaver-bench-'));
  const rows: string[][] = [];
  for (const [name, make] of PICTURES.filter(([title]) => isWanted(title))) {
    const picture = await make();
    await writeFile(join(directory, 'original'), picture);
    rows.push([name, short(picture.length / 1_000), ...(await decode(directory))]);
  }
  await rm(directory, { recursive: true });
  const text = `${table(['picture', 'kB', 'CPU, s', 'peak, MB', 'outcome'], rows)}

${await whereAndWhen(await lab.stack({}), command)}`;
  report('pictures', text, write);
}

async function decode(directory: string): Promise<string[]> {
  const worker = startWorker(PICTURE_LIMITS);
  const answer = async () => ((await once(worker, 'message')) as [Outcome])[0];
  const pid = worker.pid as number;
  // Without a picture: what the process has used when it is warm.
  worker.send({ directory: join(directory, 'none'), purpose: 'AVATAR', mayBeDear: true } satisfies Job);
  await answer();
  const before = cpuSeconds(pid);
  worker.send({ directory, purpose: 'AVATAR', mayBeDear: true } satisfies Job);
  const outcome = await answer();
  const figures = [short(cpuSeconds(pid) - before), short(peakKiB(pid) / 1_024)];
  worker.kill('SIGKILL');
  return [...figures, 'result' in outcome ? 'taken' : outcome.failure.kind];
}
