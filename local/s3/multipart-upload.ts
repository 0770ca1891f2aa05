import { randomUUID } from 'node:crypto';
import { ServiceError } from '../endpoint/service.ts';
import { type Checksum, checksumHeader, computeChecksum, isChecksumAlgorithm } from './checksums.ts';
import { copySource } from './copy-object.ts';
import { md5Of } from './digest.ts';
import { invalidArgument } from './list-page.ts';
import { objectHeaders } from './object-headers.ts';
import { writtenHead } from './put-object.ts';
import { readBody } from './read-body.ts';
import { respondEmpty, respondXml } from './respond.ts';
import { bucketOf, header, type S3Call, type S3State, wholeSecondsMs } from './s3-call.ts';
import type { Body, Upload } from './store.ts';

const MAX_PART_NUMBER = 10_000;

export function createMultipartUpload(state: S3State, s3Call: S3Call): void {
  const { call, bucketName, key } = s3Call;
  const bucket = bucketOf(state, bucketName);
  const checksum = uploadChecksum(s3Call);
  const upload: Upload = {
    id: randomUUID().replaceAll('-', ''),
    key,
    initiatedMs: wholeSecondsMs(state),
    headers: objectHeaders(s3Call),
    ...(checksum && { checksum }),
    parts: new Map(),
  };
  bucket.uploads.set(upload.id, upload);
  const head = ['x-amz-server-side-encryption', 'AES256'];
  if (checksum !== undefined) head.push('x-amz-checksum-algorithm', checksum.algorithm, 'x-amz-checksum-type', checksum.type);
  respondXml(call, 'InitiateMultipartUploadResult', { Bucket: bucketName, Key: key, UploadId: upload.id }, head);
}

function uploadChecksum(s3Call: S3Call): Upload['checksum'] {
  const algorithm = header(s3Call, 'x-amz-checksum-algorithm')?.toUpperCase();
  if (algorithm === undefined) return undefined;
  if (!isChecksumAlgorithm(algorithm)) {
    throw invalidArgument('x-amz-checksum-algorithm', algorithm, `Checksum algorithm provided is unsupported: "${algorithm}"`);
  }
  const type = header(s3Call, 'x-amz-checksum-type') ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  if (type === 'FULL_OBJECT' && algorithm.startsWith('CRC')) return { algorithm, type };
  if (type === 'COMPOSITE' && algorithm !== 'CRC64NVME') return { algorithm, type };
  const message = `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`;
  throw new ServiceError(400, 'InvalidRequest', message);
}

export async function uploadPart(state: S3State, s3Call: S3Call): Promise<void> {
  const upload = uploadOf(state, s3Call);
  const partNumber = partNumberOf(s3Call);
  const { bytes, md5, checksum } = await readBody(s3Call);
  if (upload.checksum !== undefined && checksum !== undefined && checksum.algorithm !== upload.checksum.algorithm) {
    const [expected, actual] = [upload.checksum.algorithm.toLowerCase(), checksum.algorithm.toLowerCase()];
    const message = `Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${actual}`;
    throw new ServiceError(400, 'InvalidRequest', message);
  }
  const body = await state.store.keep(bytes);
  const kept = checksum ?? (await partChecksum(upload, body));
  addPart(state, s3Call, { partNumber, body, md5, kept });
  respondEmpty(
    s3Call.call,
    200,
    writtenHead(`"${md5}"`, undefined).concat(checksum ? [checksumHeader(checksum.algorithm), checksum.value] : []),
  );
}

export async function uploadPartCopy(state: S3State, s3Call: S3Call): Promise<void> {
  const upload = uploadOf(state, s3Call);
  const partNumber = partNumberOf(s3Call);
  const { source } = copySource(state, s3Call);
  const { start, end } = copyRange(header(s3Call, 'x-amz-copy-source-range'), source.body.size);
  // Shared before it is read: the source may be deleted meanwhile.
  const body = state.store.share(source.body.slice(start, end));
  const md5 = await md5Of(body);
  const kept = await partChecksum(upload, body);
  addPart(state, s3Call, { partNumber, body, md5, kept });
  respondXml(s3Call.call, 'CopyPartResult', {
    LastModified: new Date(wholeSecondsMs(state)).toISOString(),
    ETag: `"${md5}"`,
    ...(kept && { [`Checksum${kept.algorithm}`]: kept.value }),
  });
}

export function abortMultipartUpload(state: S3State, s3Call: S3Call): void {
  const upload = uploadOf(state, s3Call);
  bucketOf(state, s3Call.bucketName).uploads.delete(upload.id);
  for (const part of upload.parts.values()) state.store.release(part.body);
  respondEmpty(s3Call.call, 204);
}

/** @throws {ServiceError} `NoSuchUpload` */
export function uploadOf(state: S3State, { call, bucketName, key }: S3Call): Upload {
  const id = call.query.get('uploadId') ?? '';
  const upload = bucketOf(state, bucketName).uploads.get(id);
  if (upload?.key === key) return upload;
  const message =
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.';
  throw new ServiceError(404, 'NoSuchUpload', message, { details: { UploadId: id } });
}

interface NewPart {
  readonly partNumber: number;
  readonly body: Body;
  readonly md5: string;
  readonly kept: Checksum | undefined;
}

function addPart(state: S3State, s3Call: S3Call, { partNumber, body, md5, kept }: NewPart): void {
  let upload: Upload;
  try {
    // Once more, after the body came in: the upload may be over by now.
    upload = uploadOf(state, s3Call);
  } catch (error) {
    state.store.release(body);
    throw error;
  }
  const before = upload.parts.get(partNumber);
  const lastModifiedMs = wholeSecondsMs(state);
  upload.parts.set(partNumber, { partNumber, body, size: body.size, md5, lastModifiedMs, ...(kept && { checksum: kept }) });
  if (before !== undefined) state.store.release(before.body);
}

/** An upload with an algorithm needs the checksum of every part, also of one that came without. */
async function partChecksum({ checksum }: Upload, body: Body): Promise<Checksum | undefined> {
  if (checksum === undefined) return undefined;
  const value = await computeChecksum(checksum.algorithm, body.read(0, body.size));
  return { algorithm: checksum.algorithm, value, type: 'FULL_OBJECT' };
}

function partNumberOf({ call }: S3Call): number {
  const text = call.query.get('partNumber') ?? '';
  const partNumber = Number(text);
  if (/^\d+$/.test(text) && partNumber >= 1 && partNumber <= MAX_PART_NUMBER) return partNumber;
  const message = `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive`;
  throw invalidArgument('partNumber', text, message);
}

function copyRange(text: string | undefined, size: number): { start: number; end: number } {
  if (text === undefined) return { start: 0, end: size };
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(text) ?? [];
  const name = 'x-amz-copy-source-range';
  if (first === undefined || Number(last) < Number(first)) {
    const message =
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy';
    throw invalidArgument(name, text, message);
  }
  if (Number(last) < size) return { start: Number(first), end: Number(last) + 1 };
  throw invalidArgument(name, text, `Range specified is not valid for source object of size: ${size}`);
}
