import sharp from 'sharp';

/** A JPEG as a phone makes it: a few megapixels that do not compress to nothing, turned by EXIF. */
export async function photograph(width = 1600, height = 1200): Promise<File> {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  const background = { r: 90, g: 140, b: 200 };
  const bytes = await sharp({ create: { width, height, channels: 3, background, noise } })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 85 })
    .toBuffer();
  return new File([new Uint8Array(bytes)], 'harbour.jpg', { type: 'image/jpeg' });
}
