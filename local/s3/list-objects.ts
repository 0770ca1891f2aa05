import { invalidArgument, keyEncoding, listPage, pageSize } from './list-page.ts';
import { respondXml } from './respond.ts';
import { bucketOf, OWNER_ID, type S3Call, type S3State } from './s3-call.ts';
import type { StoredObject } from './store.ts';
import type { XmlFields } from './xml.ts';

export function listObjectsV2(state: S3State, { call, bucketName }: S3Call): void {
  const bucket = bucketOf(state, bucketName);
  const { query } = call;
  const encode = keyEncoding(query);
  const token = query.get('continuation-token');
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const startAfter = query.get('start-after') ?? undefined;
  const maxKeys = pageSize(query, 'max-keys');
  const after = token === null ? (startAfter ?? '') : fromToken(token);
  const page = listPage(bucket, { prefix, delimiter, after, maxKeys });
  const hasOwner = query.get('fetch-owner') === 'true';
  respondXml(call, 'ListBucketResult', {
    Name: bucketName,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    MaxKeys: maxKeys,
    EncodingType: query.get('encoding-type') ?? undefined,
    KeyCount: page.objects.length + page.commonPrefixes.length,
    IsTruncated: page.isTruncated,
    ContinuationToken: token ?? undefined,
    NextContinuationToken: page.isTruncated ? toToken(page.last) : undefined,
    StartAfter: startAfter === undefined ? undefined : encode(startAfter),
    Contents: page.objects.map((object) => entry(object, encode, hasOwner)),
    CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: encode(common) })),
  });
}

/** Version 1, for clients from before 2016. */
export function listObjects(state: S3State, { call, bucketName }: S3Call): void {
  const bucket = bucketOf(state, bucketName);
  const { query } = call;
  const encode = keyEncoding(query);
  const [prefix, delimiter, marker] = [query.get('prefix') ?? '', query.get('delimiter') ?? '', query.get('marker') ?? ''];
  const maxKeys = pageSize(query, 'max-keys');
  const page = listPage(bucket, { prefix, delimiter, after: marker, maxKeys });
  respondXml(call, 'ListBucketResult', {
    Name: bucketName,
    Prefix: encode(prefix),
    Marker: encode(marker),
    // Without a delimiter a client goes on from the last key, and S3 leaves this out.
    NextMarker: page.isTruncated && delimiter !== '' ? encode(page.last) : undefined,
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    MaxKeys: maxKeys,
    EncodingType: query.get('encoding-type') ?? undefined,
    IsTruncated: page.isTruncated,
    Contents: page.objects.map((object) => entry(object, encode, true)),
    CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: encode(common) })),
  });
}

function entry(object: StoredObject, encode: (key: string) => string, hasOwner: boolean): XmlFields {
  return {
    Key: encode(object.key),
    LastModified: new Date(object.lastModifiedMs).toISOString(),
    ETag: object.etag,
    // Only what is known: to list is no reason to read every object.
    ChecksumAlgorithm: object.checksum?.algorithm,
    ChecksumType: object.checksum?.type,
    Size: object.body.size,
    StorageClass: object.headers['x-amz-storage-class'] ?? 'STANDARD',
    Owner: hasOwner ? { ID: OWNER_ID } : undefined,
  };
}

/** Opaque to clients, as S3's. */
function toToken(last: string): string {
  return Buffer.from(`1/${last}`).toString('base64');
}

function fromToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString();
  if (text.startsWith('1/')) return text.slice(2);
  throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect');
}
