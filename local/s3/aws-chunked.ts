import { ServiceError } from '../endpoint/service.ts';

export interface DecodedBody {
  readonly bytes: Buffer;
  /** By lower-case name. */
  readonly trailers: Readonly<Record<string, string>>;
}

const MIN_CHUNK_BYTES = 8192;
const CR = 13;
const LF = 10;

/**
 * Takes the `aws-chunked` framing off a body: `<hex size>[;chunk-signature=…]`, the bytes, and so on, a chunk of size 0, trailers.
 * Chunk signatures are not verified, as no signature is.
 *
 * @param raw - Is overwritten: the bytes move to its front, so that a large upload is not held twice.
 * @throws {ServiceError} If the framing is broken, or what it frames has not the declared length.
 */
export function decodeAwsChunked(raw: Buffer, decodedLength: number): DecodedBody {
  let read = 0;
  let written = 0;
  let previousSize = MIN_CHUNK_BYTES;
  for (;;) {
    const line = raw.indexOf('\r\n', read, 'latin1');
    if (line < 0) throw incompleteBody(`the header of a chunk at byte ${read} has no end`);
    const [sizeText = ''] = raw.toString('latin1', read, line).split(';', 1);
    if (!/^[0-9a-fA-F]{1,12}$/.test(sizeText)) throw incompleteBody(`a chunk at byte ${read} has the size "${sizeText}"`);
    const size = Number.parseInt(sizeText, 16);
    read = line + 2;
    if (size === 0) break;
    if (previousSize < MIN_CHUNK_BYTES) {
      const message = 'Only the last chunk is allowed to have a size less than 8192 bytes';
      throw new ServiceError(403, 'InvalidChunkSizeError', message, { details: { BadChunkSize: String(previousSize) } });
    }
    previousSize = size;
    if (read + size + 2 > raw.length) throw incompleteBody(`a chunk at byte ${read} wants ${size} bytes, the body ends before`);
    if (raw[read + size] !== CR || raw[read + size + 1] !== LF)
      throw incompleteBody(`a chunk at byte ${read} has no line end after its ${size} bytes`);
    raw.copyWithin(written, read, read + size);
    written += size;
    read += size + 2;
  }
  if (written !== decodedLength)
    throw incompleteBody(`x-amz-decoded-content-length is ${decodedLength}, the chunks hold ${written} bytes`);
  return { bytes: raw.subarray(0, written), trailers: parseTrailers(raw.toString('latin1', read)) };
}

function parseTrailers(text: string): Record<string, string> {
  const trailers: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return trailers;
}

export function incompleteBody(reason: string): ServiceError {
  return new ServiceError(
    400,
    'IncompleteBody',
    `You did not provide the number of bytes specified by the Content-Length HTTP header: ${reason}`,
  );
}
