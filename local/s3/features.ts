import type { ServiceCall } from '../endpoint/service.ts';
import { ServiceError } from '../endpoint/service.ts';
import { invalidArgument } from './list-page.ts';
import { ACCOUNT_ID } from './s3-call.ts';

/** The `x-amz-` headers that are understood, or that change nothing here. */
const KNOWN: ReadonlySet<string> = new Set([
  'x-amz-acl',
  'x-amz-bucket-object-lock-enabled',
  'x-amz-checksum-algorithm',
  'x-amz-checksum-crc32',
  'x-amz-checksum-crc32c',
  'x-amz-checksum-crc64nvme',
  'x-amz-checksum-mode',
  'x-amz-checksum-sha1',
  'x-amz-checksum-sha256',
  'x-amz-checksum-type',
  'x-amz-content-sha256',
  'x-amz-copy-source',
  'x-amz-copy-source-if-match',
  'x-amz-copy-source-if-modified-since',
  'x-amz-copy-source-if-none-match',
  'x-amz-copy-source-if-unmodified-since',
  'x-amz-copy-source-range',
  'x-amz-date',
  'x-amz-decoded-content-length',
  'x-amz-expected-bucket-owner',
  'x-amz-metadata-directive',
  'x-amz-mp-object-size',
  'x-amz-object-ownership',
  'x-amz-optional-object-attributes', // Asks for what only an archived object has.
  'x-amz-request-payer', // There is no bill.
  'x-amz-sdk-checksum-algorithm',
  'x-amz-security-token',
  'x-amz-server-side-encryption',
  'x-amz-source-expected-bucket-owner',
  'x-amz-storage-class',
  'x-amz-tagging-directive', // There are no tags to copy.
  'x-amz-trailer',
  'x-amz-user-agent',
  'x-amz-website-redirect-location',
]);

/** Of the known ones, the values that are understood. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  'x-amz-bucket-object-lock-enabled': ['false'],
  'x-amz-object-ownership': ['BucketOwnerEnforced'],
  'x-amz-server-side-encryption': ['AES256'],
};

/** The parameters of a presigned URL that are its signature; others with this prefix are headers that the signer moved. */
const SIGNATURE = /^x-amz-(algorithm|credential|date|expires|signedheaders|signature|security-token)$/;

/** What Node takes as a header, by its bytes: a stored one that it does not take would fail every GET. */
const HEADER_NAME = /^[!#$%&'*+.^`|~\w-]+$/;
const CONTROL = /\p{Cc}/u;

/**
 * Refuses what would change the meaning of a request and is not implemented: an object stored without the encryption, lock or tags
 * that were asked for is worse than an error.
 *
 * @throws {ServiceError} `NotImplemented`, `AccessControlListNotSupported`, `AccessDenied`, `InvalidArgument`
 */
export function checkFeatures(call: ServiceCall, operation: string): void {
  const { headers } = call.request;
  if (call.rawQuery.includes('X-Amz-Credential') || call.rawQuery.includes('AWSAccessKeyId=')) {
    for (const [parameter, value] of call.query) {
      const name = parameter.toLowerCase();
      if (!name.startsWith('x-amz-') || SIGNATURE.test(name)) continue;
      if (!HEADER_NAME.test(name) || CONTROL.test(value)) {
        throw invalidArgument(parameter, value, `The query parameter ${parameter} cannot be a header: ${JSON.stringify(value)}`);
      }
      headers[name] ??= Buffer.from(value).toString('latin1'); // As Node gives a header's bytes.
    }
  }
  for (const name in headers) {
    if (name.startsWith('x-amz-') && (!KNOWN.has(name) || name in CHECKED)) checkHeader(operation, name, String(headers[name]));
  }
}

const CHECKED: Readonly<Record<string, true>> = {
  'x-amz-acl': true,
  'x-amz-bucket-object-lock-enabled': true,
  'x-amz-expected-bucket-owner': true,
  'x-amz-object-ownership': true,
  'x-amz-server-side-encryption': true,
  'x-amz-source-expected-bucket-owner': true,
};

function checkHeader(operation: string, name: string, value: string): void {
  if (name.startsWith('x-amz-meta-')) return;
  if (name.endsWith('expected-bucket-owner')) {
    if (value === ACCOUNT_ID) return;
    throw new ServiceError(
      403,
      'AccessDenied',
      `Access Denied: ${name} is ${value}, every bucket here is owned by ${ACCOUNT_ID}`,
    );
  }
  if (name === 'x-amz-acl' ? !['private', 'bucket-owner-full-control'].includes(value) : name.startsWith('x-amz-grant-')) {
    throw new ServiceError(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
  }
  if (name === 'x-amz-acl' || VALUES[name]?.includes(value)) return;
  const message = `${operation} cannot be done with the header ${name}: ${value}: the embedded S3 does not implement it; leave it out, or use AWS`;
  throw new ServiceError(501, 'NotImplemented', message, { details: { Header: name } });
}
