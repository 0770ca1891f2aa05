import { ServiceError } from '../endpoint/service.ts';
import { invalidArgument, pageSize } from './list-page.ts';
import { readBody } from './read-body.ts';
import { respondEmpty, respondXml } from './respond.ts';
import { bucketOf, header, OWNER_ID, type S3Call, type S3State } from './s3-call.ts';
import { Bucket } from './store.ts';
import { parseXml, textOf } from './xml.ts';

export const DEFAULT_REGION = 'us-east-1';
const NAME = /^(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export async function createBucket(state: S3State, s3Call: S3Call): Promise<void> {
  const { call, bucketName } = s3Call;
  if (!NAME.test(bucketName)) {
    const message = `The specified bucket is not valid: "${bucketName}"; use 3 to 63 lower-case letters, digits, dots and hyphens`;
    throw new ServiceError(400, 'InvalidBucketName', message, { details: { BucketName: bucketName } });
  }
  const hasBody = (header(s3Call, 'content-length') ?? '0') !== '0' || header(s3Call, 'transfer-encoding') !== undefined;
  const { bytes } = hasBody ? await readBody(s3Call) : { bytes: Buffer.alloc(0) };
  const fields = bytes.length === 0 ? {} : parseXml(bytes, 'CreateBucketConfiguration');
  for (const name of ['Location', 'Bucket', 'Tags']) {
    if (fields[name] === undefined) continue;
    const message = `CreateBucket with ${name} is not implemented by the embedded S3: create a general purpose bucket without it`;
    throw new ServiceError(501, 'NotImplemented', message);
  }
  const region = regionOf(call.region, textOf(fields, 'LocationConstraint'));
  const existing = state.buckets.get(bucketName);
  if (existing !== undefined && (call.region !== DEFAULT_REGION || existing.region !== region)) {
    const message = 'Your previous request to create the named bucket succeeded and you already own it.';
    throw new ServiceError(409, 'BucketAlreadyOwnedByYou', message, { details: { BucketName: bucketName } });
  }
  if (existing === undefined) addBucket(state, bucketName, region);
  respondEmpty(call, 200, ['Location', `/${bucketName}`]);
}

export function addBucket(state: S3State, name: string, region: string): void {
  const bucket = new Bucket(name, region, state.now());
  state.buckets.set(name, bucket);
  state.store.saveBucket(bucket);
}

function regionOf(endpointRegion: string, constraint: string | undefined): string {
  if (endpointRegion === DEFAULT_REGION) {
    if (constraint !== DEFAULT_REGION) return constraint ?? DEFAULT_REGION;
    throw new ServiceError(400, 'InvalidLocationConstraint', 'The specified location-constraint is not valid', {
      details: { LocationConstraint: constraint },
    });
  }
  if (constraint === endpointRegion) return constraint;
  const message = `The ${constraint ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`;
  throw new ServiceError(400, 'IllegalLocationConstraintException', message);
}

export function headBucket(state: S3State, { call, bucketName }: S3Call): void {
  const { region } = bucketOf(state, bucketName);
  respondEmpty(call, 200, ['x-amz-bucket-region', region, 'x-amz-access-point-alias', 'false']);
}

export function deleteBucket(state: S3State, { call, bucketName }: S3Call): void {
  const bucket = bucketOf(state, bucketName);
  if (!bucket.isEmpty) {
    const message = 'The bucket you tried to delete is not empty';
    throw new ServiceError(409, 'BucketNotEmpty', message, { details: { BucketName: bucketName } });
  }
  for (const upload of bucket.uploads.values()) for (const part of upload.parts.values()) state.store.release(part.body);
  state.buckets.delete(bucketName);
  state.store.removeBucket(bucket);
  respondEmpty(call, 204);
}

export function listBuckets(state: S3State, { call }: S3Call): void {
  const { query } = call;
  const prefix = query.get('prefix') ?? '';
  const region = query.get('bucket-region');
  const after = query.get('continuation-token') ?? '';
  const max = query.has('max-buckets') ? pageSize(query, 'max-buckets') : Number.POSITIVE_INFINITY;
  if (max === 0) throw invalidArgument('max-buckets', '0', 'Argument max-buckets must be an integer between 1 and 10000');
  const buckets = [...state.buckets.values()]
    .filter((bucket) => bucket.name.startsWith(prefix) && bucket.name > after && (region === null || bucket.region === region))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const page = buckets.slice(0, max);
  respondXml(call, 'ListAllMyBucketsResult', {
    Buckets: {
      Bucket: page.map((bucket) => ({
        Name: bucket.name,
        CreationDate: new Date(bucket.createdMs).toISOString(),
        BucketRegion: bucket.region,
      })),
    },
    Owner: { ID: OWNER_ID },
    ContinuationToken: page.length < buckets.length ? page.at(-1)?.name : undefined,
    Prefix: prefix === '' ? undefined : prefix,
  });
}

/** Empty for us-east-1, which is older than the idea that a bucket has a region. */
export function getBucketLocation(state: S3State, { call, bucketName }: S3Call): void {
  const { region } = bucketOf(state, bucketName);
  respondXml(call, 'LocationConstraint', region === DEFAULT_REGION ? '' : region);
}
