import { ServiceError } from '../endpoint/service.ts';
import { checkRead } from './conditions.ts';
import { invalidArgument } from './list-page.ts';
import { checksumHead, checksumOf, headOf } from './object-headers.ts';
import { type ByteRange, contentRange, parseRange } from './range.ts';
import { baseHead, respondBody } from './respond.ts';
import { objectOf, type S3Call, type S3State } from './s3-call.ts';
import type { StoredObject } from './store.ts';

/** GetObject and HeadObject: the same, but for the body. */
export function getObject(state: S3State, { call, bucketName, key }: S3Call): void | Promise<void> {
  const object = objectOf(state, bucketName, key);
  const { headers } = call.request;
  checkRead(headers, object);

  // The SDK's own `x-id` is the only parameter of most requests; the others are looked for only when there are more.
  const hasParameters = call.rawQuery !== '' && !IGNORED_QUERY.has(call.rawQuery);
  const part = hasParameters ? partRange(object, call.query.get('partNumber'), headers.range) : undefined;
  const range = part ?? parseRange(headers.range, object.body.size);
  const { start, end } = range ?? { start: 0, end: object.body.size };

  const head = baseHead(call).concat(headOf(object));
  if (hasParameters) override(head, call.query);
  head.push('Content-Length', String(end - start));
  const isPartial = range !== undefined && object.body.size > 0;
  if (isPartial) head.push('Content-Range', contentRange(range, object.body.size));
  if (part !== undefined && object.parts !== undefined) head.push('x-amz-mp-parts-count', String(object.parts.length));
  const status = isPartial ? 206 : 200;

  if (headers['x-amz-checksum-mode'] !== 'ENABLED') return respondBody(call, status, head, object.body, start, end);
  return withChecksum();

  async function withChecksum(): Promise<void> {
    // Used until the last byte is sent: the object may be replaced while its checksum is computed.
    const body = state.store.share(object.body);
    try {
      if (part?.part?.checksum !== undefined) head.push(...checksumHead(part.part.checksum));
      // The checksum of the object says nothing about a piece of it.
      else if (start === 0 && end === object.body.size) head.push(...checksumHead(object.checksum ?? (await checksumOf(object))));
      await respondBody(call, status, head, body, start, end);
    } finally {
      state.store.release(body);
    }
  }
}

const IGNORED_QUERY: ReadonlySet<string> = new Set(['x-id=GetObject', 'x-id=HeadObject']);

const OVERRIDES: Readonly<Record<string, string>> = {
  'response-content-type': 'content-type',
  'response-content-language': 'content-language',
  'response-expires': 'expires',
  'response-cache-control': 'cache-control',
  'response-content-disposition': 'content-disposition',
  'response-content-encoding': 'content-encoding',
};

const HEADER_TEXT = /^[ -~\u00a0-\u00ff]*$/;

function override(head: string[], query: URLSearchParams): void {
  for (const [parameter, name] of Object.entries(OVERRIDES)) {
    const value = query.get(parameter);
    if (value === null) continue;
    if (!HEADER_TEXT.test(value)) {
      throw invalidArgument(parameter, value, 'Header value cannot be represented using ISO-8859-1.');
    }
    // Values are at odd places, and one of them may read like a name.
    const at = head.findIndex((text, index) => index % 2 === 0 && text === name);
    if (at < 0) head.push(name, value);
    else head[at + 1] = value;
  }
}

interface PartRange extends ByteRange {
  readonly part?: NonNullable<StoredObject['parts']>[number];
}

function partRange(object: StoredObject, partNumber: string | null, range: string | undefined): PartRange | undefined {
  if (partNumber === null) return undefined;
  if (range !== undefined) {
    throw new ServiceError(400, 'InvalidRequest', 'Cannot specify both Range header and partNumber query parameter');
  }
  const number = Number(partNumber);
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw new ServiceError(400, 'InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive', {
      details: { ArgumentName: 'partNumber', ArgumentValue: partNumber },
    });
  }
  // An object that was put in one piece is its own part 1.
  const parts = object.parts ?? [{ size: object.body.size }];
  const part = parts[number - 1];
  if (part === undefined) {
    throw new ServiceError(416, 'InvalidPartNumber', 'The requested partnumber is not satisfiable', {
      details: { PartNumberRequested: partNumber, ActualPartCount: String(parts.length) },
    });
  }
  const start = parts.slice(0, number - 1).reduce((sum, { size }) => sum + size, 0);
  return { start, end: start + part.size, part };
}
