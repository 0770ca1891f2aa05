import { ServiceError } from '../endpoint/service.ts';
import type { S3Operation } from './operations.ts';

/** Of the signature of a presigned URL in Version 2, which moves these two headers into the query as well. */
const SIGNATURE_V2 = ['AWSAccessKeyId', 'Expires', 'Signature', 'content-md5', 'content-type'];

const RESPONSE = [
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
];

const LIST = ['delimiter', 'encoding-type', 'prefix'];

/** The query parameters that an operation has and that are understood. */
const PARAMETERS: Readonly<Record<S3Operation, ReadonlySet<string>>> = {
  ListBuckets: allowed('bucket-region', 'continuation-token', 'max-buckets', 'prefix'),
  CreateBucket: allowed(),
  HeadBucket: allowed(),
  DeleteBucket: allowed(),
  GetBucketLocation: allowed('location'),
  ListObjects: allowed(...LIST, 'marker', 'max-keys'),
  ListObjectsV2: allowed(...LIST, 'continuation-token', 'fetch-owner', 'list-type', 'max-keys', 'start-after'),
  ListMultipartUploads: allowed(...LIST, 'key-marker', 'max-uploads', 'upload-id-marker', 'uploads'),
  DeleteObjects: allowed('delete'),
  GetObject: allowed(...RESPONSE, 'partNumber', 'versionId'),
  HeadObject: allowed(...RESPONSE, 'partNumber', 'versionId'),
  PutObject: allowed(),
  CopyObject: allowed(),
  DeleteObject: allowed('versionId'),
  CreateMultipartUpload: allowed('uploads'),
  UploadPart: allowed('partNumber', 'uploadId'),
  UploadPartCopy: allowed('partNumber', 'uploadId'),
  CompleteMultipartUpload: allowed('uploadId'),
  AbortMultipartUpload: allowed('uploadId'),
  ListParts: allowed('max-parts', 'part-number-marker', 'uploadId'),
};

function allowed(...names: string[]): ReadonlySet<string> {
  return new Set([...SIGNATURE_V2, ...names]);
}

/**
 * Refuses a parameter that the operation does not have: it may be the sub-resource of another operation, in whose place an object would be
 * overwritten or deleted. Those that begin with `x-` are the signature, the headers that a presigner moved, and what S3 keeps for its
 * access log.
 *
 * @throws {ServiceError} `NotImplemented`
 */
export function checkParameters(operation: S3Operation, query: URLSearchParams): void {
  const names = PARAMETERS[operation];
  for (const name of query.keys()) {
    if (names.has(name) || /^x-/i.test(name)) continue;
    const message = `${operation} cannot be done with the query parameter "${name}": the embedded S3 does not implement it; leave it out, or use AWS`;
    throw new ServiceError(501, 'NotImplemented', message, { details: { Parameter: name } });
  }
}
