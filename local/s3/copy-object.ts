import { ServiceError } from '../endpoint/service.ts';
import { computeChecksum, isChecksumAlgorithm } from './checksums.ts';
import { checkCopySource } from './conditions.ts';
import { md5Of } from './digest.ts';
import { invalidArgument } from './list-page.ts';
import { objectHeaders } from './object-headers.ts';
import { storeObject } from './put-object.ts';
import { respondXml } from './respond.ts';
import { bucketOf, header, objectOf, type S3Call, type S3State, wholeSecondsMs } from './s3-call.ts';
import type { StoredObject } from './store.ts';

const MAX_COPY_BYTES = 5 * 1024 ** 3;

export async function copyObject(state: S3State, s3Call: S3Call): Promise<void> {
  const { call, bucketName, key } = s3Call;
  bucketOf(state, bucketName);
  const { source, isSame } = copySource(state, s3Call);
  const directive = header(s3Call, 'x-amz-metadata-directive') ?? 'COPY';
  if (directive !== 'COPY' && directive !== 'REPLACE') {
    throw invalidArgument(
      'x-amz-metadata-directive',
      directive,
      `Unknown metadata directive: "${directive}"; send COPY or REPLACE`,
    );
  }
  const given = objectHeaders(s3Call);
  const changes = ['x-amz-storage-class', 'x-amz-website-redirect-location', 'x-amz-server-side-encryption'];
  if (isSame && directive === 'COPY' && !changes.some((name) => header(s3Call, name) !== undefined)) {
    const message =
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.";
    throw new ServiceError(400, 'InvalidRequest', message);
  }
  if (source.body.size > MAX_COPY_BYTES) {
    throw new ServiceError(
      400,
      'InvalidRequest',
      'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120',
    );
  }
  // Neither is copied: the class is that of the new object, the redirect belongs to its place.
  const { 'x-amz-storage-class': _class, 'x-amz-website-redirect-location': _redirect, ...kept } = source.headers;
  const { 'x-amz-storage-class': storageClass, 'x-amz-website-redirect-location': redirect } = given;
  const headers =
    directive === 'REPLACE'
      ? given
      : {
          ...kept,
          ...(storageClass !== undefined && { 'x-amz-storage-class': storageClass }),
          ...(redirect !== undefined && { 'x-amz-website-redirect-location': redirect }),
        };

  const algorithm = header(s3Call, 'x-amz-checksum-algorithm') ?? source.checksum?.algorithm;
  const isSameChecksum = source.checksum?.algorithm === algorithm && source.checksum?.type === 'FULL_OBJECT';
  if (algorithm !== undefined && !isChecksumAlgorithm(algorithm)) {
    throw invalidArgument('x-amz-checksum-algorithm', algorithm, `Checksum algorithm provided is unsupported: "${algorithm}"`);
  }
  // Shared before it is read: the source may be deleted meanwhile.
  const body = state.store.share(source.body);
  const value = algorithm && !isSameChecksum ? await computeChecksum(algorithm, body.read(0, body.size)) : undefined;
  const checksum = algorithm && value !== undefined ? { algorithm, value, type: 'FULL_OBJECT' as const } : source.checksum;
  // A copy is written in one piece, so it has no parts, and its ETag is the MD5 of all.
  const etag = source.parts === undefined ? source.etag : `"${await md5Of(body)}"`;
  const object: StoredObject = {
    key,
    body,
    etag,
    lastModifiedMs: wholeSecondsMs(state),
    headers,
    ...(checksum && { checksum }),
  };
  storeObject(state, s3Call, 'Copy', object);
  respondXml(call, 'CopyObjectResult', {
    LastModified: new Date(object.lastModifiedMs).toISOString(),
    ETag: etag,
    ...(checksum && { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type }),
  });
}

/**
 * The object that `x-amz-copy-source` names, if the conditions on it hold.
 *
 * @throws {ServiceError} `InvalidArgument`, `NoSuchBucket`, `NoSuchKey`, `PreconditionFailed`
 */
export function copySource(state: S3State, s3Call: S3Call): { source: StoredObject; isSame: boolean } {
  const text = header(s3Call, 'x-amz-copy-source') ?? '';
  const [path = '', versionId] = text.split('?versionId=');
  const [, bucketName, rawKey] = /^\/?([^/]+)\/(.+)$/s.exec(path) ?? [];
  if (bucketName === undefined || rawKey === undefined) {
    const message = 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey';
    throw invalidArgument('x-amz-copy-source', text, message);
  }
  if (versionId !== undefined && versionId !== 'null') {
    const message = `The specified version does not exist: "${versionId}"; the embedded S3 has no versions, leave versionId out`;
    throw new ServiceError(404, 'NoSuchVersion', message);
  }
  const key = decodeSource(rawKey, text);
  const source = objectOf(state, bucketName, key);
  checkCopySource(s3Call.call.request.headers, source);
  return { source, isSame: bucketName === s3Call.bucketName && key === s3Call.key };
}

function decodeSource(rawKey: string, text: string): string {
  try {
    return decodeURIComponent(rawKey);
  } catch {
    throw invalidArgument('x-amz-copy-source', text, 'Copy Source must be URL encoded UTF-8');
  }
}
