import type { Operation, Service, ServiceCall } from '../endpoint/service.ts';
import { ServiceError } from '../endpoint/service.ts';
import { addressOf } from './addressing.ts';
import { authorize } from './authorize.ts';
import { addBucket, DEFAULT_REGION } from './buckets.ts';
import { checkFeatures } from './features.ts';
import { FolderStore } from './folder-store.ts';
import { MemoryStore } from './memory-store.ts';
import type { ObjectCreated } from './object-created.ts';
import { handlerOf, operationOf } from './operations.ts';
import { respondError } from './respond.ts';
import type { S3State } from './s3-call.ts';

export interface S3Options {
  /** Keeps buckets and objects in this folder, which is made if it is not there. @defaultValue in memory, until the process ends */
  readonly folder?: string;
  /** Made at the start, where they are not there yet. @defaultValue none */
  readonly bucketNames?: readonly string[];
  /** Time for `Last-Modified` and for the expiry of presigned URLs, in ms. @defaultValue Date.now */
  readonly now?: () => number;
  /** Called when an object is there, whichever way it came. @defaultValue nobody is told */
  readonly onObjectCreated?: (created: ObjectCreated) => void;
}

/** An S3 with real answers. What it does not implement answers 501 with the name of the operation or header. */
export function createS3Service({
  folder,
  bucketNames = [],
  now = Date.now,
  onObjectCreated = () => undefined,
}: S3Options = {}): Service {
  const store = folder === undefined ? new MemoryStore() : new FolderStore(folder);
  const buckets = new Map(store.load().map((bucket) => [bucket.name, bucket]));
  const state: S3State = { buckets, store, now, onObjectCreated };
  for (const name of bucketNames) if (!buckets.has(name)) addBucket(state, name, DEFAULT_REGION);

  return {
    name: 's3',
    throttled: { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' },
    identify(call: ServiceCall): Operation {
      const { bucketName, key } = addressOf(call.request.headers.host ?? '', call.rawPath);
      const name = operationOf(call, bucketName, key);
      authorize(call, now);
      checkFeatures(call, name);
      checkVersion(call);
      return { name, run: () => handlerOf(name)(state, { call, bucketName, key }) };
    },
    fail: respondError,
  };
}

/** Without versioning every object is its version `null`. */
function checkVersion(call: ServiceCall): void {
  if (!call.rawQuery.includes('versionId')) return;
  const versionId = call.query.get('versionId');
  if (versionId === null || versionId === 'null') return;
  const message = `The specified version does not exist: "${versionId}"; the embedded S3 has no versions, leave versionId out`;
  throw new ServiceError(404, 'NoSuchVersion', message, { details: { VersionId: versionId } });
}
