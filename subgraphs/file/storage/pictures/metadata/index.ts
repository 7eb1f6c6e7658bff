import { copyFile, type FileHandle, open } from 'node:fs/promises';
import { Reader, Writer } from './bytes.ts';
import { cleanGif } from './gif.ts';
import { cleanHeif } from './heif.ts';
import { cleanJpeg } from './jpeg.ts';
import { cleanPng } from './png.ts';
import { cleanWebp } from './webp.ts';

/*
 * What a picture file says beside its picture: where and when it was taken, with which device and by whom,
 * previews of what was cut off. None of it is kept. The pixels are not touched: the files are taken apart
 * into their segments or chunks and put together again without those that are not needed to show the picture.
 * How the camera was held, colour profile and animation stay.
 */

/**
 * Copies a picture of one of the types that are shown, without what it says beside its picture. `orientation`
 * is the one of its Exif, 1 for none. Resolves to whether the end of the file was missing.
 * @throws where the file does not keep to its format
 */
export async function cleanPicture(
  type: string,
  from: string,
  to: string,
  orientation: number,
): Promise<{ isCut: boolean }> {
  if (type === 'image/avif') {
    await copyFile(from, to);
    await using handle = await open(to, 'r+');
    await cleanHeif(handle, (await handle.stat()).size);
    return { isCut: false };
  }
  await using source = await open(from, 'r');
  await using target = await open(to, 'wx+');
  return { isCut: await cleanChunks(type, source, target, orientation) };
}

async function cleanChunks(
  type: string,
  source: FileHandle,
  target: FileHandle,
  orientation: number,
): Promise<boolean> {
  const reader = new Reader(source);
  const writer = new Writer(target);
  let isCut = false;
  if (type === 'image/jpeg') isCut = await cleanJpeg(reader, writer, orientation);
  else if (type === 'image/png') await cleanPng(reader, writer, orientation);
  else if (type === 'image/gif') await cleanGif(reader, writer);
  else if (type === 'image/webp') {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(await cleanWebp(reader, writer, orientation));
    await writer.flush();
    await target.write(size, 0, 4, 4);
  } else throw new Error(`no picture of type ${type} is known here`);
  await writer.flush();
  return isCut;
}
