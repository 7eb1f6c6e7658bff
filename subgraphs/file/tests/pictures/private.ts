import sharp from 'sharp';
import { pngChunk } from '../../../../testing/pictures.ts';

/** Stands in everything that a picture says beside its picture. */
export const SECRET = 'BeaverCam';

const XMP = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
  xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="${SECRET}"/></rdf:RDF></x:xmpmeta>
  <?xpacket end="w"?>`;

export type Kind = 'jpeg' | 'progressive' | 'png' | 'webp' | 'gif' | 'avif';
export const KINDS: Kind[] = ['jpeg', 'progressive', 'png', 'webp', 'gif', 'avif'];

/** A picture with a colour profile, and the device, the place and more in every way that its format has. */
export async function telling(kind: Kind, orientation = 1, frames = 1): Promise<Buffer> {
  const raw = { width: 80, height: 60 * frames, channels: 3 as const, pageHeight: 60 };
  const pixels = Buffer.from(
    Array.from({ length: 80 * 60 * frames * 3 }, (_, i) => (i * i * 31 + i * 7 + Math.floor(i / 240) * 3) % 251),
  );
  const picture = sharp(pixels, { raw })
    .withIccProfile('p3')
    .withMetadata({ orientation })
    .withExif({
      IFD0: { Make: SECRET },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1', GPSProcessingMethod: SECRET },
    })
    .withXmp(XMP);
  if (kind === 'jpeg') return inJpeg(await picture.jpeg().toBuffer());
  if (kind === 'progressive') return inJpeg(await picture.jpeg({ progressive: true }).toBuffer());
  if (kind === 'png') return inPng(await picture.png().toBuffer());
  if (kind === 'webp') return inWebp(await picture.webp({ delay: Array(frames).fill(70), loop: 3 }).toBuffer());
  if (kind === 'gif') return inGif(await picture.gif({ delay: Array(frames).fill(70), loop: 3 }).toBuffer());
  return inHeif(await picture.avif({ effort: 0 }).toBuffer());
}

/** With IPTC, a comment, a maker's segment and a preview in front, and a film behind. */
function inJpeg(jpeg: Buffer): Buffer {
  const segment = (marker: number, text: string) => {
    const head = Buffer.of(0xff, marker, 0, 0);
    head.writeUInt16BE(text.length + 2, 2);
    return Buffer.concat([head, Buffer.from(text, 'latin1')]);
  };
  const front = [
    segment(0xe0, `JFXX\0\x10${SECRET}`),
    segment(0xe2, `MPF\0${SECRET}`),
    segment(0xed, `Photoshop 3.0\0${SECRET}`),
    segment(0xfe, SECRET),
  ];
  return Buffer.concat([jpeg.subarray(0, 2), ...front, jpeg.subarray(2), Buffer.from(`ftypmp42 ${SECRET}`)]);
}

/** With a text, a chunk of some program's own, and bytes behind the end. */
function inPng(png: Buffer): Buffer {
  const texts = [pngChunk('tEXt', Buffer.from(`Author\0${SECRET}`)), pngChunk('caBx', Buffer.from(SECRET))];
  return Buffer.concat([png.subarray(0, 33), ...texts, png.subarray(33), Buffer.from(SECRET)]);
}

/** With a chunk of some program's own, and bytes behind the end. */
function inWebp(webp: Buffer): Buffer {
  const chunk = Buffer.from(`C2PA\x0a\0\0\0${SECRET}\0`, 'latin1');
  const bytes = Buffer.concat([webp, chunk]);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  return Buffer.concat([bytes, Buffer.from(SECRET)]);
}

/** With a comment, a block of some program's own, and bytes behind the end. */
function inGif(gif: Buffer): Buffer {
  const text = `${String.fromCharCode(SECRET.length)}${SECRET}\0`;
  const blocks = Buffer.from(`!\xfe${text}!\xff\x0bXMP DataXMP${text}`, 'latin1');
  const tables = 13 + ((gif[10] ?? 0) & 0x80 ? 3 * 2 ** (((gif[10] ?? 0) & 7) + 1) : 0);
  return Buffer.concat([gif.subarray(0, tables), blocks, gif.subarray(tables), Buffer.from(SECRET)]);
}

/** With a box of some program's own behind. */
function inHeif(heif: Buffer): Buffer {
  const box = Buffer.from(`\0\0\0\x21uuid0123456789abcdef${SECRET}`, 'latin1');
  return Buffer.concat([heif, box]);
}
