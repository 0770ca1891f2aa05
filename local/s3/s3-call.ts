import type { ServiceCall } from '../endpoint/service.ts';
import { ServiceError } from '../endpoint/service.ts';
import type { ObjectCreated } from './object-created.ts';
import type { Bucket, Store, StoredObject } from './store.ts';

/** All that one embedded S3 holds. */
export interface S3State {
  readonly buckets: Map<string, Bucket>;
  readonly store: Store;
  /** In milliseconds, as `Date.now`. */
  readonly now: () => number;
  readonly onObjectCreated: (created: ObjectCreated) => void;
}

/** A request with the bucket and the key it addresses; both are empty where it has none. */
export interface S3Call {
  readonly call: ServiceCall;
  readonly bucketName: string;
  readonly key: string;
}

export type S3Handler = (state: S3State, call: S3Call) => void | Promise<void>;

/** One account owns everything here. */
export const OWNER_ID = '75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a';
export const ACCOUNT_ID = '123456789012';

/** @throws {ServiceError} `NoSuchBucket` */
export function bucketOf(state: S3State, name: string): Bucket {
  const bucket = state.buckets.get(name);
  if (bucket !== undefined) return bucket;
  throw new ServiceError(404, 'NoSuchBucket', 'The specified bucket does not exist', { details: { BucketName: name } });
}

/** @throws {ServiceError} `NoSuchBucket`, `NoSuchKey` */
export function objectOf(state: S3State, bucketName: string, key: string): StoredObject {
  const object = bucketOf(state, bucketName).get(key);
  if (object !== undefined) return object;
  throw new ServiceError(404, 'NoSuchKey', 'The specified key does not exist.', { details: { Key: key } });
}

/** Time of now as S3 keeps it for objects. */
export function wholeSecondsMs(state: S3State): number {
  return Math.floor(state.now() / 1000) * 1000;
}

/** The one value of a request header. */
export function header(call: S3Call, name: string): string | undefined {
  const value = call.call.request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
