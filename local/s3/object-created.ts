import { ACCOUNT_ID, OWNER_ID, type S3Call, type S3State } from './s3-call.ts';
import type { StoredObject } from './store.ts';

/** How an object came to be, in S3's words. */
export type Creation = 'Put' | 'Copy' | 'CompleteMultipartUpload';

/** An object that is new, or has taken the place of another one. */
export interface ObjectCreated {
  readonly creation: Creation;
  readonly bucketName: string;
  readonly region: string;
  readonly key: string;
  readonly byteCount: number;
  /** Without quotes, as notifications have it. */
  readonly etag: string;
  readonly createdMs: number;
  readonly requestId: string;
}

export function objectCreated(
  state: S3State,
  { call, bucketName }: S3Call,
  creation: Creation,
  object: StoredObject,
): ObjectCreated {
  return {
    creation,
    bucketName,
    region: state.buckets.get(bucketName)?.region ?? call.region,
    key: object.key,
    byteCount: object.body.size,
    etag: object.etag.replaceAll('"', ''),
    createdMs: state.now(),
    requestId: call.requestId,
  };
}

/**
 * What S3 sends to a function: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 *
 * @param configurationId - Of the notification that asked for it.
 */
export function objectCreatedNotification(
  created: ObjectCreated,
  configurationId: string,
): { readonly Records: readonly object[] } {
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: created.region,
    eventTime: new Date(created.createdMs).toISOString(),
    eventName: `ObjectCreated:${created.creation}`,
    userIdentity: { principalId: `AWS:${ACCOUNT_ID}` },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: { 'x-amz-request-id': created.requestId, 'x-amz-id-2': created.requestId },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId,
      bucket: {
        name: created.bucketName,
        ownerIdentity: { principalId: OWNER_ID },
        arn: `arn:aws:s3:::${created.bucketName}`,
      },
      object: {
        // As in a form: "/" stays, a space becomes "+".
        key: encodeURIComponent(created.key).replaceAll('%2F', '/').replaceAll('%20', '+'),
        size: created.byteCount,
        eTag: created.etag,
        sequencer: created.createdMs.toString(16).toUpperCase().padStart(16, '0'),
      },
    },
  };
  return { Records: [record] };
}
