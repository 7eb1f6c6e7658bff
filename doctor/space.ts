import { freeSpace } from '../kit/base/free-space.ts';
import { type Found, failing, ok, warning } from './check.ts';

export async function judgeSpace(what: string, folder: string, variable?: string): Promise<Found> {
  const { bytes, state } = await freeSpace(folder);
  const where = variable ? `${folder} ${variable}` : folder;
  const more = [`df -h ${folder}`, `du -xh --max-depth=2 ${folder} | sort -h | tail`];
  const message = `${Math.floor(bytes / 1024 ** 2)} MiB are free for ${what}`;
  if (state === 'full') return failing(`${message}: it is full.`, where, ...more);
  return state === 'low' ? warning(`${message}.`, where, ...more) : ok(`${message}.`, where);
}
