import { ServiceError } from '../endpoint/service.ts';
import { checkWrite } from './conditions.ts';
import { readBody } from './read-body.ts';
import { respondEmpty, respondXml } from './respond.ts';
import { bucketOf, header, type S3Call, type S3State } from './s3-call.ts';
import type { Bucket } from './store.ts';
import { malformedXml, parseXml, textOf, type XmlFields } from './xml.ts';

const MAX_KEYS = 1000;

/** 204 whether the key was there or not, as S3. */
export function deleteObject(state: S3State, { call, bucketName, key }: S3Call): void {
  const bucket = bucketOf(state, bucketName);
  if (call.request.headers['if-match'] !== undefined) checkWrite(call.request.headers, bucket.get(key), key);
  remove(state, bucket, key);
  respondEmpty(call, 204);
}

export async function deleteObjects(state: S3State, s3Call: S3Call): Promise<void> {
  bucketOf(state, s3Call.bucketName);
  const { bytes, checksum } = await readBody(s3Call);
  if (checksum === undefined && header(s3Call, 'content-md5') === undefined) {
    throw new ServiceError(400, 'InvalidRequest', 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  }
  const fields = parseXml(bytes, 'Delete');
  const { Object: objects } = fields;
  if (!Array.isArray(objects) || objects.length === 0 || objects.length > MAX_KEYS) {
    const count = Array.isArray(objects) ? objects.length : 0;
    throw malformedXml(`it lists ${count} objects, send 1 to ${MAX_KEYS}`);
  }
  // All of them before the first is deleted.
  const quiet = textOf(fields, 'Quiet');
  const listed = objects.map((object: unknown) => ({
    key: textOf(object, 'Key') ?? '',
    etag: textOf(object, 'ETag'),
    versionId: textOf(object, 'VersionId'),
  }));
  const bucket = bucketOf(state, s3Call.bucketName);
  const deleted: XmlFields[] = [];
  const failed: XmlFields[] = [];
  for (const { key, etag, versionId } of listed) {
    try {
      checkOne(bucket, key, versionId, etag);
      remove(state, bucket, key);
      deleted.push({ Key: key });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      failed.push({ Key: key, Code: error.code, Message: error.message });
    }
  }
  respondXml(s3Call.call, 'DeleteResult', { Deleted: quiet === 'true' ? [] : deleted, Error: failed });
}

function checkOne(bucket: Bucket, key: string, versionId: string | undefined, etag: string | undefined): void {
  if (key === '') throw new ServiceError(400, 'UserKeyMustBeSpecified', 'The request must hold a key for each object to delete');
  if (versionId !== undefined && versionId !== 'null') {
    const message = `The specified version does not exist: "${versionId}"; the embedded S3 has no versions, leave VersionId out`;
    throw new ServiceError(404, 'NoSuchVersion', message);
  }
  if (etag !== undefined) checkWrite({ 'if-match': etag }, bucket.get(key), key);
}

function remove(state: S3State, bucket: Bucket, key: string): void {
  const before = bucket.delete(key);
  if (before === undefined) return;
  state.store.remove(bucket, key);
  state.store.release(before.body);
}
