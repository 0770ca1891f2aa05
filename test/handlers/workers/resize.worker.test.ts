import sharp from 'sharp';
import { expect, test } from 'vitest';
import resize, { ImageError } from '../../../handlers/workers/resize.worker.ts';
import { claiming, jpegOf } from '../../helpers/images.ts';

const metadataOf = async (image: Uint8Array) => {
  const { format, width, height } = await sharp(image).metadata();
  return { format, width, height };
};

/** Of the four corners, from the top left on, clockwise: 0 is black, 255 white. */
async function cornersOf(thumbnail: Uint8Array): Promise<number[]> {
  const { data, info } = await sharp(thumbnail).greyscale().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number): number => Math.round((data[y * info.width + x] ?? Number.NaN) / 255) * 255;
  const end = info.width - 1;
  return [at(0, 0), at(end, 0), at(end, end), at(0, end)];
}

test.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)(
  'resize makes a JPEG of 128 × 128 pixels of a %s',
  async (format) => {
    const image = await sharp(await jpegOf(400, 300))
      .toFormat(format)
      .toBuffer();
    expect(await metadataOf(await resize(image))).toEqual({ format: 'jpeg', width: 128, height: 128 });
  },
);

test('resize enlarges a small image, and crops a long one to its middle', async () => {
  expect(await cornersOf(await resize(await jpegOf(16, 16)))).toEqual([0, 255, 255, 0]);
  expect(await cornersOf(await resize(await jpegOf(3000, 100)))).toEqual([0, 255, 255, 0]);
});

test('resize turns an image as its EXIF orientation says', async () => {
  // 6: to be turned a quarter clockwise, so the left half comes to lie at the top.
  const image = await sharp(await jpegOf(300, 200))
    .withMetadata({ orientation: 6 })
    .toBuffer();
  const thumbnail = await resize(image);
  expect(await cornersOf(thumbnail)).toEqual([0, 0, 255, 255]);
  expect((await sharp(thumbnail).metadata()).orientation).toBeUndefined();
});

test('resize makes transparency white', async () => {
  const clear = { width: 50, height: 50, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } as const;
  const image = await sharp({ create: clear }).png().toBuffer();
  expect(await cornersOf(await resize(image))).toEqual([255, 255, 255, 255]);
});

test('resize refuses what is not an image', async () => {
  const refused = resize(Buffer.from('hello'));
  await expect(refused).rejects.toBeInstanceOf(ImageError);
  await expect(refused).rejects.toMatchObject({
    name: 'ImageError',
    code: 'ERR_IMAGE_UNREADABLE',
    message: expect.stringMatching(/^Cannot resize an image of 5 bytes: .*unsupported image format.*; check that it is an image/),
    cause: expect.any(Error),
  });
  await expect(resize(new Uint8Array())).rejects.toMatchObject({ code: 'ERR_IMAGE_UNREADABLE' });
});

test.each([0.01, 0.5, 0.99])('resize refuses a JPEG of which only a part of %d came', async (part) => {
  const image = await jpegOf(600, 400);
  await expect(resize(image.subarray(0, image.length * part))).rejects.toMatchObject({
    code: 'ERR_IMAGE_UNREADABLE',
    message: expect.stringContaining('uploaded to its end'),
  });
});

test('resize refuses a PNG that was cut off', async () => {
  const image = await sharp(await jpegOf(600, 400))
    .png()
    .toBuffer();
  await expect(resize(image.subarray(0, image.length / 2))).rejects.toMatchObject({ code: 'ERR_IMAGE_UNREADABLE' });
});

test('resize refuses an image of 20,000 × 20,000 pixels by its header, and says how many are allowed', async () => {
  const image = claiming(await jpegOf(64, 64), 20_000, 20_000);
  await expect(resize(image)).rejects.toMatchObject({
    code: 'ERR_IMAGE_TOO_LARGE',
    message: expect.stringMatching(/more than 100 megapixels: 20000 × 20000; scale it down/),
  });
});

test('resize allows 100 megapixels', async () => {
  const image = await sharp({ create: { width: 10_000, height: 10_000, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();
  expect(await metadataOf(await resize(image))).toMatchObject({ width: 128 });
});
