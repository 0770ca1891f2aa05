import type { ServiceCall } from '../endpoint/service.ts';
import { ServiceError } from '../endpoint/service.ts';
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from './buckets.ts';
import { completeMultipartUpload } from './complete-upload.ts';
import { copyObject } from './copy-object.ts';
import { deleteObject, deleteObjects } from './delete-objects.ts';
import { getObject } from './get-object.ts';
import { listObjects, listObjectsV2 } from './list-objects.ts';
import { listMultipartUploads, listParts } from './list-uploads.ts';
import { abortMultipartUpload, createMultipartUpload, uploadPart, uploadPartCopy } from './multipart-upload.ts';
import { checkParameters } from './parameters.ts';
import { putObject } from './put-object.ts';
import type { S3Handler } from './s3-call.ts';
import { type Level, unsupportedOperation } from './unsupported.ts';

const HANDLERS = {
  ListBuckets: listBuckets,
  CreateBucket: createBucket,
  HeadBucket: headBucket,
  DeleteBucket: deleteBucket,
  GetBucketLocation: getBucketLocation,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListMultipartUploads: listMultipartUploads,
  DeleteObjects: deleteObjects,
  GetObject: getObject,
  HeadObject: getObject,
  PutObject: putObject,
  CopyObject: copyObject,
  DeleteObject: deleteObject,
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
  ListParts: listParts,
} satisfies Record<string, S3Handler>;

export type S3Operation = keyof typeof HANDLERS;

export function handlerOf(operation: S3Operation): S3Handler {
  return HANDLERS[operation];
}

/**
 * The operation a request means: the method, what it addresses, and the sub-resource in its query.
 *
 * @throws {ServiceError} `NotImplemented` with the name of the operation or the parameter, `MethodNotAllowed`
 */
export function operationOf(call: ServiceCall, bucketName: string, key: string): S3Operation {
  const method = call.request.method ?? 'GET';
  // Nearly all reads of objects have no query, or only the SDK's own mark.
  if (key !== '' && method === 'GET' && (call.rawQuery === '' || call.rawQuery === 'x-id=GetObject')) return 'GetObject';

  const { query } = call;
  const level: Level = key !== '' ? 'object' : bucketName !== '' ? 'bucket' : 'service';
  const unsupported = unsupportedName(query) ?? unsupportedOperation(method, level, query);
  if (unsupported !== undefined) {
    const message = `${unsupported} is not implemented by the embedded S3, which has ${Object.keys(HANDLERS).join(', ')}; use one of these, or AWS`;
    throw new ServiceError(501, 'NotImplemented', message, { details: { Operation: unsupported } });
  }
  const operation = { service: serviceOperation, bucket: bucketOperation, object: objectOperation }[level](method, query, call);
  if (operation !== undefined) {
    if (call.rawQuery !== '') checkParameters(operation, query);
    return operation;
  }
  throw new ServiceError(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', {
    details: { Method: method, ResourceType: level.toUpperCase() },
  });
}

/** The SDK for JavaScript names most operations in the query, which tells those apart that differ in nothing else. */
function unsupportedName(query: URLSearchParams): string | undefined {
  const name = query.get('x-id');
  return name === null || Object.hasOwn(HANDLERS, name) ? undefined : name;
}

function serviceOperation(method: string): S3Operation | undefined {
  return method === 'GET' ? 'ListBuckets' : undefined;
}

function bucketOperation(method: string, query: URLSearchParams): S3Operation | undefined {
  switch (method) {
    case 'GET':
      if (query.has('location')) return 'GetBucketLocation';
      if (query.has('uploads')) return 'ListMultipartUploads';
      return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
    case 'PUT':
      return 'CreateBucket';
    case 'HEAD':
      return 'HeadBucket';
    case 'DELETE':
      return 'DeleteBucket';
    case 'POST':
      return query.has('delete') ? 'DeleteObjects' : undefined;
    default:
      return undefined;
  }
}

function objectOperation(method: string, query: URLSearchParams, { request }: ServiceCall): S3Operation | undefined {
  const isOfUpload = query.has('uploadId');
  const isCopy = request.headers['x-amz-copy-source'] !== undefined;
  switch (method) {
    case 'GET':
      return isOfUpload ? 'ListParts' : 'GetObject';
    case 'HEAD':
      return 'HeadObject';
    case 'PUT':
      if (isOfUpload) return isCopy ? 'UploadPartCopy' : 'UploadPart';
      return isCopy ? 'CopyObject' : 'PutObject';
    case 'DELETE':
      return isOfUpload ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'POST':
      if (query.has('uploads')) return 'CreateMultipartUpload';
      return isOfUpload ? 'CompleteMultipartUpload' : undefined;
    default:
      return undefined;
  }
}
