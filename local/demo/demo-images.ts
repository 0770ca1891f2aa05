import sharp from 'sharp';
import { SeededRandom } from '../ec2/random.ts';

/** Width and height in pixels, and how much grain: 100 KB to 2 MB, as a phone sends them. */
const SHAPES = [
  { width: 1024, height: 768, grain: 60 },
  { width: 3000, height: 4000, grain: 24 },
  { width: 1600, height: 1200, grain: 60 },
  { width: 4000, height: 2250, grain: 40 },
  { width: 1920, height: 1080, grain: 24 },
  { width: 2560, height: 2560, grain: 60 },
] as const;

/** A few JPEGs of mixed sizes, the same at each call. */
export async function demoImages(): Promise<Buffer[]> {
  const images: Buffer[] = [];
  for (const [seed, shape] of SHAPES.entries()) images.push(await demoImage(seed, shape));
  return images;
}

/** A gradient with grain: as much work to decode as a photograph. */
async function demoImage(seed: number, { width, height, grain }: (typeof SHAPES)[number]): Promise<Buffer> {
  const random = new SeededRandom(seed);
  // Grain of two pixels, of which JPEG keeps some.
  const raw = { width: width >> 1, height: height >> 1, channels: 3 } as const;
  const pixels = new Uint8ClampedArray(raw.width * raw.height * raw.channels);
  for (let at = 0, y = 0; y < raw.height; y += 1) {
    for (let x = 0; x < raw.width; x += 1) {
      const noise = (random.next() - 0.5) * grain;
      pixels[at++] = (255 * x) / raw.width + noise;
      pixels[at++] = (255 * y) / raw.height + noise;
      pixels[at++] = 128 + noise;
    }
  }
  return await sharp(pixels, { raw }).resize(width, height).jpeg().toBuffer();
}
