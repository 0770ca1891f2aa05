import { ServiceError } from '../endpoint/service.ts';
import { afterPrefix, fromBytes, toBytes } from './sorted-keys.ts';
import type { Bucket, StoredObject } from './store.ts';

export interface ListPage {
  readonly objects: readonly StoredObject[];
  readonly commonPrefixes: readonly string[];
  readonly isTruncated: boolean;
  /** The last key or common prefix of the page: the next one begins after it. */
  readonly last: string;
}

export interface ListRequest {
  readonly prefix: string;
  readonly delimiter: string;
  /** Only what comes after this key or common prefix. */
  readonly after: string;
  readonly maxKeys: number;
}

/** One page of a bucket, in the order of UTF-8 bytes; keys with the delimiter after the prefix count once, as their common prefix. */
export function listPage(bucket: Bucket, { prefix, delimiter, after, maxKeys }: ListRequest): ListPage {
  const [prefixBytes, delimiterBytes, afterBytes] = [toBytes(prefix), toBytes(delimiter), toBytes(after)];
  const objects: StoredObject[] = [];
  const commonPrefixes: string[] = [];
  let last = '';
  let start: string | undefined = afterBytes < prefixBytes ? prefixBytes : `${afterBytes}\0`;
  if (maxKeys === 0) start = undefined;

  while (start !== undefined) {
    const from: string = start;
    start = undefined;
    for (const bytes of bucket.keys.from(from)) {
      if (!bytes.startsWith(prefixBytes)) break;
      const at = delimiterBytes === '' ? -1 : bytes.indexOf(delimiterBytes, prefixBytes.length);
      const common = at < 0 ? undefined : bytes.slice(0, at + delimiterBytes.length);
      if (common !== undefined && common <= afterBytes) {
        start = afterPrefix(common);
        break;
      }
      if (objects.length + commonPrefixes.length === maxKeys) return { objects, commonPrefixes, isTruncated: true, last };
      if (common !== undefined) {
        last = fromBytes(common);
        commonPrefixes.push(last);
        // Past all keys below it in one step: a folder of a million keys costs as much as one of ten.
        start = afterPrefix(common);
        break;
      }
      last = fromBytes(bytes);
      objects.push(bucket.get(last) as StoredObject);
    }
  }
  return { objects, commonPrefixes, isTruncated: false, last };
}

const MAX_PAGE = 1000;

/** @throws {ServiceError} `InvalidArgument` */
export function pageSize(query: URLSearchParams, name: string): number {
  const text = query.get(name);
  if (text === null || text === '') return MAX_PAGE;
  const size = Number(text);
  if (/^\d+$/.test(text) && size <= 2_147_483_647) return Math.min(size, MAX_PAGE);
  throw invalidArgument(name, text, `Provided ${name} not an integer or within integer range: "${text}"; send 0 to 2147483647`);
}

/**
 * How keys are written into the answer: as they are, or encoded as in a URL, for keys with characters that XML cannot hold.
 *
 * @throws {ServiceError} `InvalidArgument`
 */
export function keyEncoding(query: URLSearchParams): (key: string) => string {
  const type = query.get('encoding-type');
  if (type === null) return (key) => key;
  if (type !== 'url')
    throw invalidArgument('encoding-type', type, `Invalid Encoding Method specified in Request: "${type}"; send url`);
  return urlEncoded;
}

function urlEncoded(key: string): string {
  if (/^[\w./*-]*$/.test(key)) return key;
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function invalidArgument(name: string, value: string, message: string): ServiceError {
  return new ServiceError(400, 'InvalidArgument', message, { details: { ArgumentName: name, ArgumentValue: value } });
}
