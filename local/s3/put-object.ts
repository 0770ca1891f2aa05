import { hash } from 'node:crypto';
import type { Checksum } from './checksums.ts';
import { checkWrite } from './conditions.ts';
import { type Creation, objectCreated } from './object-created.ts';
import { checksumHead, objectHeaders } from './object-headers.ts';
import { readBody } from './read-body.ts';
import { respondEmpty } from './respond.ts';
import { bucketOf, type S3Call, type S3State, wholeSecondsMs } from './s3-call.ts';
import type { StoredObject } from './store.ts';

export async function putObject(state: S3State, s3Call: S3Call): Promise<void> {
  const { call, bucketName, key } = s3Call;
  // Before the body as well as with it: who is refused need not upload.
  checkWrite(call.request.headers, bucketOf(state, bucketName).get(key), key);
  const headers = objectHeaders(s3Call);
  const { bytes, md5, checksum } = await readBody(s3Call);
  const body = await state.store.keep(bytes);
  const object = {
    key,
    body,
    etag: `"${md5}"`,
    lastModifiedMs: wholeSecondsMs(state),
    headers,
    ...(checksum && { checksum }),
  };
  storeObject(state, s3Call, 'Put', object);
  respondEmpty(call, 200, writtenHead(object.etag, checksum));
}

/** Puts `object` in the place of what was there, if the conditions of the request hold now, after all waiting. */
export function storeObject(state: S3State, s3Call: S3Call, creation: Creation, object: StoredObject): void {
  const { call, bucketName, key } = s3Call;
  try {
    const bucket = bucketOf(state, bucketName);
    checkWrite(call.request.headers, bucket.get(key), key);
    const before = bucket.set(object);
    state.store.save(bucket, object);
    if (before !== undefined) state.store.release(before.body);
  } catch (error) {
    state.store.release(object.body);
    throw error;
  }
  state.onObjectCreated(objectCreated(state, s3Call, creation, object));
}

export function writtenHead(etag: string, checksum: Checksum | undefined): string[] {
  const head = ['ETag', etag, 'x-amz-server-side-encryption', 'AES256'];
  if (checksum !== undefined) head.push(...checksumHead(checksum));
  return head;
}

/** `"<MD5 of the MD5s>-<number of parts>"` */
export function multipartEtag(md5s: readonly string[]): string {
  return `"${hash('md5', Buffer.from(md5s.join(''), 'hex'), 'hex')}-${md5s.length}"`;
}
