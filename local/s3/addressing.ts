import { ServiceError } from '../endpoint/service.ts';

export interface Address {
  /** Empty: the service itself. */
  readonly bucketName: string;
  /** Empty: the bucket itself. Decoded, and otherwise as sent: `//`, `..` and a leading `/` are parts of a key. */
  readonly key: string;
}

const MAX_KEY_BYTES = 1024;
const NEEDS_DECODING = /%/;

/**
 * The bucket and the key of a request: both in the path, or the bucket as a label before `s3.`, `s3-` or `localhost` in the host.
 *
 * @throws {ServiceError} If the path is no UTF-8, or the key is too long.
 */
export function addressOf(host: string, rawPath: string): Address {
  const hostBucket = bucketOfHost(host);
  const rest = rawPath.slice(1);
  if (hostBucket !== '') return { bucketName: hostBucket, key: keyOf(rest) };
  const slash = rest.indexOf('/');
  if (slash < 0) return { bucketName: decode(rest), key: '' };
  return { bucketName: decode(rest.slice(0, slash)), key: keyOf(rest.slice(slash + 1)) };
}

function bucketOfHost(host: string): string {
  // An IP address, which is what the endpoint's own URL has: no label in front.
  const first = host.charCodeAt(0);
  if (first >= 48 && first <= 57 && /^[\d.:]+$/.test(host)) return '';
  const name = host.replace(/:\d+$/, '');
  const at = Math.max(name.lastIndexOf('.s3.'), name.lastIndexOf('.s3-'));
  if (at > 0) return name.slice(0, at);
  if (name.startsWith('s3.') || name.startsWith('s3-')) return '';
  return name.endsWith('.localhost') ? name.slice(0, -'.localhost'.length) : '';
}

function keyOf(rawKey: string): string {
  const key = decode(rawKey);
  // A UTF-16 unit is at most three bytes, so most keys need no counting.
  if (key.length * 3 <= MAX_KEY_BYTES) return key;
  const size = Buffer.byteLength(key);
  if (size <= MAX_KEY_BYTES) return key;
  throw new ServiceError(400, 'KeyTooLongError', 'Your key is too long', {
    details: { Size: String(size), MaxSizeAllowed: String(MAX_KEY_BYTES) },
  });
}

function decode(text: string): string {
  if (!NEEDS_DECODING.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ServiceError(400, 'InvalidURI', "Couldn't parse the specified URI.", { details: { URI: text } });
  }
}
