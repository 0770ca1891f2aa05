/** Makes a thumbnail of one image. */
import { isMainThread } from 'node:worker_threads';
import { defineWorker } from 'lambda-parallel';
import sharp from 'sharp';

// One image a thread, and as many threads as the function has vCPUs: libvips's own threads would only get in their way.
sharp.concurrency(1);
// It holds decoded pixels of images that have been answered for; no image comes twice.
sharp.cache(false);

const SIDE_PIXELS = 128;
/** Decoded, 300 MB. What is behind a few KB may be far larger. */
const MAX_INPUT_PIXELS = 100_000_000;

/** The image is at fault, so trying it again is in vain. */
export class ImageError extends Error {
  readonly code: 'ERR_IMAGE_UNREADABLE' | 'ERR_IMAGE_TOO_LARGE';

  static {
    ImageError.prototype.name = 'ImageError';
  }

  constructor(code: ImageError['code'], message: string, options?: { cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Takes its image: nobody else's item may share the buffer.
 *
 * @param image - JPEG, PNG, WebP, GIF, AVIF, TIFF or SVG.
 * @returns A JPEG of 128 × 128 pixels, upright, cropped to the middle, transparency made white.
 * @throws {ImageError} If it is not an image, is cut off, or has too many pixels.
 */
export default defineWorker(async (image: Uint8Array): Promise<Uint8Array> => {
  try {
    const { width, height } = await sharp(image, { limitInputPixels: false }).metadata();
    if (width * height > MAX_INPUT_PIXELS) throw tooLarge(width, height);
    // Not at warnings, the default: cameras write JPEGs that deserve some and look well.
    const { data } = await sharp(image, { limitInputPixels: MAX_INPUT_PIXELS, failOn: 'error' })
      .rotate()
      .resize(SIDE_PIXELS, SIDE_PIXELS, { fit: 'cover' })
      .flatten({ background: 'white' })
      .jpeg()
      .toUint8Array();
    return data;
  } catch (cause) {
    throw cause instanceof ImageError ? cause : unreadable(image, cause);
  } finally {
    // The thread's own copy, or moved to it. Its garbage collector has little to do and comes late: images would pile up.
    if (!isMainThread && image.buffer instanceof ArrayBuffer && !image.buffer.detached) image.buffer.transfer(0);
  }
});

function tooLarge(width: number, height: number): ImageError {
  return new ImageError(
    'ERR_IMAGE_TOO_LARGE',
    `Cannot resize an image of more than ${MAX_INPUT_PIXELS / 1e6} megapixels: ${width} × ${height}; scale it down, or raise MAX_INPUT_PIXELS and the function's memory`,
  );
}

function unreadable({ byteLength }: Uint8Array, cause: unknown): ImageError {
  // As libvips has it: one text for the whole process, so of two images that fail at once, one may have the other's, or none.
  const why = cause instanceof Error ? cause.message.trim() : String(cause);
  return new ImageError(
    'ERR_IMAGE_UNREADABLE',
    `Cannot resize an image of ${byteLength} bytes: ${why}; check that it is an image and was uploaded to its end`,
    { cause },
  );
}
