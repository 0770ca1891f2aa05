import { ServiceError } from '../endpoint/service.ts';
import { type Checksum, checksumHeader, computeChecksum } from './checksums.ts';
import { header, type S3Call } from './s3-call.ts';
import type { ObjectHeaders, StoredObject } from './store.ts';

/** Stored as given and sent back as stored. */
const KEPT = ['cache-control', 'content-disposition', 'content-language', 'expires', 'x-amz-website-redirect-location'];
const USER_METADATA = 'x-amz-meta-';
const MAX_USER_METADATA_BYTES = 2048;
const STORAGE_CLASSES = ['STANDARD', 'REDUCED_REDUNDANCY', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR'];

/**
 * The headers of a write that belong to the object.
 *
 * @throws {ServiceError} `MetadataTooLarge`, `InvalidStorageClass`
 */
export function objectHeaders(s3Call: S3Call): ObjectHeaders {
  const headers: Record<string, string> = { 'content-type': header(s3Call, 'content-type') || 'binary/octet-stream' };
  for (const name of KEPT) {
    const value = header(s3Call, name);
    if (value !== undefined) headers[name] = value;
  }
  // aws-chunked is how the body came, not what it is.
  const encodings = (header(s3Call, 'content-encoding') ?? '').split(',').map((one) => one.trim());
  const encoding = encodings.filter((one) => one !== '' && one !== 'aws-chunked').join(',');
  if (encoding !== '') headers['content-encoding'] = encoding;

  let size = 0;
  for (const name of Object.keys(s3Call.call.request.headers)) {
    if (!name.startsWith(USER_METADATA)) continue;
    const value = header(s3Call, name) ?? '';
    headers[name] = value;
    size += name.length - USER_METADATA.length + value.length;
  }
  if (size > MAX_USER_METADATA_BYTES) {
    throw new ServiceError(400, 'MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', {
      details: { Size: String(size), MaxSizeAllowed: String(MAX_USER_METADATA_BYTES) },
    });
  }
  const storageClass = storageClassOf(s3Call);
  if (storageClass !== 'STANDARD') headers['x-amz-storage-class'] = storageClass;
  return headers;
}

/** What a GET of the object answers besides length and checksum: names and values, built once per object and not per GET. */
export function headOf(object: StoredObject): readonly string[] {
  let head = HEADS.get(object);
  if (head === undefined) {
    head = ['Last-Modified', new Date(object.lastModifiedMs).toUTCString(), 'ETag', object.etag];
    head.push('x-amz-server-side-encryption', 'AES256', 'Accept-Ranges', 'bytes');
    for (const [name, value] of Object.entries(object.headers)) head.push(name, value);
    HEADS.set(object, head);
  }
  return head;
}

const HEADS = new WeakMap<StoredObject, string[]>();

/** The checksum of the whole object; computed and kept, if the client gave none. */
export async function checksumOf(object: StoredObject): Promise<Checksum> {
  object.checksum ??= {
    algorithm: 'CRC64NVME',
    value: await computeChecksum('CRC64NVME', object.body.read(0, object.body.size)),
    type: 'FULL_OBJECT',
  };
  return object.checksum;
}

export function checksumHead({ algorithm, value, type }: Checksum): [string, string, string, string] {
  return [checksumHeader(algorithm), value, 'x-amz-checksum-type', type];
}

function storageClassOf(s3Call: S3Call): string {
  const name = header(s3Call, 'x-amz-storage-class') ?? 'STANDARD';
  if (STORAGE_CLASSES.includes(name)) return name;
  const message = `The storage class you specified is not valid: "${name}"; the embedded S3 keeps ${STORAGE_CLASSES.join(', ')}`;
  throw new ServiceError(400, 'InvalidStorageClass', message);
}
