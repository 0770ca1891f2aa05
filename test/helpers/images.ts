import sharp from 'sharp';

/** A JPEG whose left half is black and whose right half is white, so that it can be seen how it was turned. */
export async function jpegOf(width: number, height: number): Promise<Buffer> {
  const white = { create: { width: width >> 1, height, channels: 3, background: 'white' } } as const;
  return await sharp({ create: { width, height, channels: 3, background: 'black' } })
    .composite([{ input: await sharp(white).png().toBuffer(), gravity: 'east' }])
    .jpeg()
    .toBuffer();
}

/** The same JPEG, whose header says that it has as many pixels as this. */
export function claiming(jpeg: Buffer, width: number, height: number): Buffer {
  const startOfFrame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  const claimed = Buffer.from(jpeg);
  claimed.writeUInt16BE(height, startOfFrame + 5);
  claimed.writeUInt16BE(width, startOfFrame + 7);
  return claimed;
}
