import { ServiceError } from '../endpoint/service.ts';
import { CHECKSUM_ALGORITHMS, type Checksum, compositeChecksum, computeChecksum, givenChecksum } from './checksums.ts';
import { checkWrite } from './conditions.ts';
import { uploadOf } from './multipart-upload.ts';
import { multipartEtag, storeObject } from './put-object.ts';
import { readBody } from './read-body.ts';
import { respondXml } from './respond.ts';
import { bucketOf, header, type S3Call, type S3State, wholeSecondsMs } from './s3-call.ts';
import type { Body, StoredObject, Upload, UploadedPart } from './store.ts';
import { malformedXml, parseXml, textOf } from './xml.ts';

const MIN_PART_BYTES = 5 * 1024 * 1024;

export async function completeMultipartUpload(state: S3State, s3Call: S3Call): Promise<void> {
  const { call, bucketName, key } = s3Call;
  const upload = uploadOf(state, s3Call);
  checkWrite(call.request.headers, bucketOf(state, bucketName).get(key), key);
  // A checksum in the header is that of the object, not of this document.
  const given = givenChecksum(call.request.headers);
  const { bytes } = await readBody({ ...s3Call, call: withoutChecksum(s3Call) });
  const { Part: listed } = parseXml(bytes, 'CompleteMultipartUpload');
  if (!Array.isArray(listed) || listed.length === 0) throw malformedXml('it lists no part');
  const parts = checkedParts(upload, listed);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const expectedSize = header(s3Call, 'x-amz-mp-object-size');
  if (expectedSize !== undefined && Number(expectedSize) !== size) {
    const message = `The provided 'x-amz-mp-object-size' header value ${expectedSize} does not match what was computed: ${size}`;
    throw new ServiceError(400, 'InvalidRequest', message);
  }

  // Shared before it is read: a part may be sent again meanwhile, or the upload aborted.
  const body = state.store.share(state.store.concat(parts.map((part) => part.body)));
  let checksum: Checksum | undefined;
  try {
    checksum = await objectChecksum(upload, parts, body, given);
    // Once more, after the waiting: another completion may have been first.
    uploadOf(state, s3Call);
  } catch (error) {
    state.store.release(body);
    throw error;
  }
  const object: StoredObject = {
    key,
    body,
    etag: multipartEtag(parts.map((part) => part.md5)),
    lastModifiedMs: wholeSecondsMs(state),
    headers: upload.headers,
    ...(checksum && { checksum }),
    parts: parts.map(({ size, checksum: partChecksum }) => ({ size, ...(partChecksum && { checksum: partChecksum }) })),
  };
  storeObject(state, s3Call, 'CompleteMultipartUpload', object);
  bucketOf(state, bucketName).uploads.delete(upload.id);
  for (const part of upload.parts.values()) state.store.release(part.body);
  respondXml(call, 'CompleteMultipartUploadResult', {
    Location: `http://${call.request.headers.host}${call.rawPath}`,
    Bucket: bucketName,
    Key: key,
    ETag: object.etag,
    ...(checksum && { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type }),
  });
}

function withoutChecksum({ call }: S3Call): S3Call['call'] {
  for (const algorithm of CHECKSUM_ALGORITHMS) delete call.request.headers[`x-amz-checksum-${algorithm.toLowerCase()}`];
  return call;
}

/** @throws {ServiceError} `MalformedXML`, `InvalidPartOrder`, `InvalidPart`, `EntityTooSmall`, `InvalidRequest` */
function checkedParts(upload: Upload, listed: readonly unknown[]): UploadedPart[] {
  let previous = 0;
  const parts = listed.map((entry) => {
    const partNumber = Number(textOf(entry, 'PartNumber'));
    if (!(partNumber > previous)) {
      const message = 'The list of parts was not in ascending order. The parts list must be specified in order by part number.';
      throw new ServiceError(400, 'InvalidPartOrder', message, { details: { UploadId: upload.id } });
    }
    previous = partNumber;
    return checkedPart(upload, partNumber, entry);
  });
  for (const part of parts.slice(0, -1)) {
    if (part.size >= MIN_PART_BYTES) continue;
    throw new ServiceError(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
      details: {
        ProposedSize: String(part.size),
        MinSizeAllowed: String(MIN_PART_BYTES),
        PartNumber: String(part.partNumber),
        ETag: part.md5,
      },
    });
  }
  return parts;
}

function checkedPart(upload: Upload, partNumber: number, entry: unknown): UploadedPart {
  const part = upload.parts.get(partNumber);
  const etag = (textOf(entry, 'ETag') ?? '').replaceAll('"', '').trim();
  const listedChecksum = part?.checksum && textOf(entry, `Checksum${part.checksum.algorithm}`);
  if (part === undefined || part.md5 !== etag || (listedChecksum !== undefined && listedChecksum !== part.checksum?.value)) {
    const message =
      "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
    throw new ServiceError(400, 'InvalidPart', message, {
      details: { UploadId: upload.id, PartNumber: String(partNumber), ETag: etag },
    });
  }
  if (upload.checksum?.type === 'COMPOSITE' && listedChecksum === undefined) {
    const algorithm = upload.checksum.algorithm.toLowerCase();
    const message = `The upload was created using a ${algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${partNumber} in the request.`;
    throw new ServiceError(400, 'InvalidRequest', message);
  }
  return part;
}

/** @throws {ServiceError} `BadDigest` if `given` is not the checksum of the object */
async function objectChecksum(
  upload: Upload,
  parts: readonly UploadedPart[],
  body: Body,
  given: Checksum | undefined,
): Promise<Checksum | undefined> {
  const algorithm = upload.checksum?.algorithm ?? given?.algorithm;
  if (algorithm === undefined) return undefined;
  const checksum: Checksum =
    upload.checksum?.type === 'COMPOSITE'
      ? await compositeChecksum(
          algorithm,
          parts.map((part) => part.checksum?.value ?? ''),
        )
      : { algorithm, value: await computeChecksum(algorithm, body.read(0, body.size)), type: 'FULL_OBJECT' };
  if (given === undefined || given.value === checksum.value) return checksum;
  const message = `The ${given.algorithm} you specified did not match the calculated checksum.`;
  throw new ServiceError(400, 'BadDigest', message, { details: { Specified: given.value, Calculated: checksum.value } });
}
