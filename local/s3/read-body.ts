import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../endpoint/service.ts';
import { decodeAwsChunked, incompleteBody } from './aws-chunked.ts';
import { CHECKSUM_ALGORITHMS, type Checksum, checksumHeader, givenChecksum, verifyChecksum } from './checksums.ts';
import { digestOf } from './digest.ts';
import { header, type S3Call } from './s3-call.ts';

const MAX_PUT_BYTES = 5 * 1024 ** 3;

export interface ReceivedBody {
  readonly bytes: Buffer;
  /** Hexadecimal. */
  readonly md5: string;
  /** What the client gave, in a header or a trailer, and what the bytes have. */
  readonly checksum?: Checksum;
}

/**
 * Reads the body and verifies all that the client said about it: length, SHA-256 of the payload, MD5, checksum.
 *
 * It is held in memory until it is complete, so that a failed upload leaves nothing.
 *
 * @throws {ServiceError} As S3 does for each of them
 */
export async function readBody(s3Call: S3Call): Promise<ReceivedBody> {
  const { request } = s3Call.call;
  const { headers } = request;
  const contentSha256 = header(s3Call, 'x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD';
  const isChunked = contentSha256.startsWith('STREAMING-');
  const length = bodyLength(s3Call, isChunked);
  const raw = await readAll(request, length);

  const fields: Record<string, string | string[] | undefined> = { ...headers };
  let bytes = raw;
  if (isChunked) {
    const decoded = decodeAwsChunked(raw, declaredLength(header(s3Call, 'x-amz-decoded-content-length')));
    bytes = decoded.bytes;
    for (const name of trailerNames(s3Call)) {
      if (decoded.trailers[name] === undefined) {
        throw new ServiceError(400, 'MalformedTrailerError', `x-amz-trailer announces ${name}, but the body has no such trailer`);
      }
      fields[name] = decoded.trailers[name];
    }
  } else if (/^[0-9a-f]{64}$/.test(contentSha256)) {
    verifySha256(contentSha256, bytes);
  }

  const md5 = digestOf('md5', bytes);
  verifyMd5(header(s3Call, 'content-md5'), md5);
  const checksum = givenChecksum(fields);
  if (checksum === undefined) {
    checkNoneAnnounced(s3Call);
    return { bytes, md5 };
  }
  await verifyChecksum(checksum, bytes);
  return { bytes, md5, checksum };
}

function bodyLength(s3Call: S3Call, isChunked: boolean): number | undefined {
  const contentLength = header(s3Call, 'content-length');
  if (contentLength !== undefined) {
    const length = Number(contentLength);
    if (length <= MAX_PUT_BYTES * 1.01) return length;
    throw new ServiceError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
      details: { ProposedSize: contentLength, MaxSizeAllowed: String(MAX_PUT_BYTES) },
    });
  }
  if (header(s3Call, 'transfer-encoding') === undefined) {
    throw new ServiceError(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  if (isChunked) return undefined;
  throw new ServiceError(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented', {
    details: { Header: 'Transfer-Encoding' },
  });
}

function declaredLength(text: string | undefined): number {
  const length = Number(text);
  if (text !== undefined && Number.isInteger(length) && length >= 0) return length;
  const message = 'You must provide the x-amz-decoded-content-length HTTP header with an aws-chunked body.';
  throw new ServiceError(411, 'MissingContentLength', message);
}

function trailerNames(s3Call: S3Call): string[] {
  const names = header(s3Call, 'x-amz-trailer');
  return names === undefined ? [] : names.split(',').map((name) => name.trim().toLowerCase());
}

function verifySha256(expected: string, bytes: Buffer): void {
  const actual = digestOf('sha256', bytes);
  if (actual === expected) return;
  const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
  throw new ServiceError(400, 'XAmzContentSHA256Mismatch', message, {
    details: { ClientComputedContentSHA256: expected, S3ComputedContentSHA256: actual },
  });
}

function verifyMd5(contentMd5: string | undefined, md5: string): void {
  if (contentMd5 === undefined) return;
  const given = Buffer.from(contentMd5, 'base64');
  if (given.length !== 16) throw new ServiceError(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.');
  if (given.toString('hex') === md5) return;
  throw new ServiceError(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.', {
    details: { ExpectedDigest: contentMd5, CalculatedDigest: Buffer.from(md5, 'hex').toString('base64') },
  });
}

/** A client that names an algorithm and sends no checksum lost it on the way: to store the bytes unverified would hide that. */
function checkNoneAnnounced(s3Call: S3Call): void {
  if (header(s3Call, 'x-amz-sdk-checksum-algorithm') === undefined) return;
  const known = CHECKSUM_ALGORITHMS.map(checksumHeader).join(', ');
  const message = `x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found: send one of ${known}`;
  throw new ServiceError(400, 'InvalidRequest', message);
}

/** With events instead of `for await`, which costs a promise per 64 KiB. */
function readAll(request: IncomingMessage, length: number | undefined): Promise<Buffer> {
  if (length === 0) {
    request.resume();
    return Promise.resolve(Buffer.alloc(0));
  }
  return new Promise((resolve, reject) => {
    // Outside Node's shared pool, where a small object would keep its neighbours' memory alive.
    const bytes = length === undefined ? undefined : Buffer.allocUnsafeSlow(length);
    const chunks: Buffer[] = [];
    let received = 0;
    request.on('data', (chunk: Buffer) => {
      if (bytes === undefined) chunks.push(chunk);
      else chunk.copy(bytes, received);
      received += chunk.length;
      if (received > MAX_PUT_BYTES * 1.01) request.destroy();
    });
    request.once('end', () => resolve(bytes ?? Buffer.concat(chunks, received)));
    const gone = () => reject(incompleteBody(`the connection closed after ${received} bytes`));
    request.once('error', gone);
    request.once('close', gone);
  });
}
