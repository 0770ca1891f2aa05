import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { serviceCallError } from '../aws/service-call-error.ts';
import { Sockets } from '../aws/sockets.ts';
import { untilAborted } from '../aws/until-aborted.ts';
import type { Io } from '../io/io.ts';
import { assertAbortSignal, onlyKnownKeys, shown } from '../validation.ts';
import { type GetManyOptions, getMany } from './get-many.ts';
import { type GetPrefixOptions, getPrefix } from './get-prefix.ts';
import type { ObjectsResult, UseObject } from './read-objects.ts';
import type { S3Object } from './s3-object.ts';

/** Which object, and until when. */
export interface GetRequest {
  readonly bucket: string;
  readonly key: string;
  /** A version other than the latest. */
  readonly versionId?: string | undefined;
  /** As in HTTP: `bytes=0-1023`. The whole object when absent. */
  readonly range?: string | undefined;
  /** Aborts the request, also while the body is being read. */
  readonly signal?: AbortSignal | undefined;
}

/** Reads objects, many at a time. Made once, in the init phase; holds no state of an invocation. */
export interface ObjectReader {
  /**
   * Reads one object into memory.
   *
   * @throws {ServiceCallError} Names bucket, key and the next step; `serviceCode` is S3's own code (`NoSuchKey`, `AccessDenied`).
   * @throws The signal's reason when it aborts.
   */
  get(request: GetRequest): Promise<S3Object>;

  /**
   * Reads the objects of `keys` in parallel, one outcome each, in order: the value that `use` makes of each object, which is
   * then free to go. Without `use` the outcomes hold the objects, and memory all of them.
   *
   * @throws What iterating `keys` throws. A failed download is an outcome.
   * @throws {TypeError | RangeError} For a wrong option, before anything starts.
   */
  getMany<Value>(io: Io, options: GetManyOptions & { readonly use: UseObject<Value> }): Promise<ObjectsResult<Value>>;
  getMany(io: Io, options: GetManyOptions): Promise<ObjectsResult<S3Object>>;

  /**
   * Lists the objects under a prefix and reads them in parallel while the listing goes on, one outcome each, in key order; with
   * `use` as in `getMany`.
   *
   * @throws {ServiceCallError} If the first page cannot be listed.
   * @throws {ListingInterruptedError} If a later one cannot: it has the result of all that was listed.
   * @throws {TypeError | RangeError} For a wrong option, before anything starts.
   */
  getPrefix<Value>(io: Io, options: GetPrefixOptions & { readonly use: UseObject<Value> }): Promise<ObjectsResult<Value>>;
  getPrefix(io: Io, options: GetPrefixOptions): Promise<ObjectsResult<S3Object>>;
}

/**
 * An object reader over your own client: its region, credentials, retries and middlewares are used as they are.
 *
 * The client's connection pool is grown to the number of downloads in flight, at most 900 sockets, so that the SDK's default
 * of 50 never queues behind a higher `concurrency`.
 *
 * @example
 * ```ts
 * const reader = createObjectReader(new S3Client());
 * const { totals } = await reader.getMany(io, { bucket: 'photos', keys, concurrency: 128, use: ({ body }) => body.length });
 * ```
 */
export function createObjectReader(client: S3Client): ObjectReader {
  if (typeof client?.send !== 'function') {
    throw new TypeError(`Cannot make an object reader as its client must be an S3Client: ${shown(client)}`);
  }
  const sockets = Sockets.of(client);
  const reader: ObjectReader = {
    get: (request) => sockets.with(() => getObject(client, request)),
    getMany: <Value>(io: Io, options: GetManyOptions & { readonly use?: UseObject<Value> }) => getMany(reader, io, options),
    getPrefix: <Value>(io: Io, options: GetPrefixOptions & { readonly use?: UseObject<Value> }) =>
      getPrefix(client, reader, io, options),
  };
  return reader;
}

async function getObject(client: S3Client, request: GetRequest): Promise<S3Object> {
  onlyKnownKeys('get', request, ['bucket', 'key', 'versionId', 'range', 'signal']);
  const { bucket, key, versionId, range, signal } = request;
  assertAbortSignal(signal);
  for (const [name, value] of Object.entries({ bucket, key })) {
    if (typeof value !== 'string' || value === '') {
      throw new TypeError(`Cannot get an object as its ${name} must be a string that is not empty: ${JSON.stringify(value)}`);
    }
  }
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId, Range: range });
  try {
    return await untilAborted(readObject(client, key, command, signal), signal);
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw serviceCallError(`get s3://${bucket}/${key}`, cause, {
      NoSuchBucket: 'create the bucket, or name another one',
      NoSuchKey: 'check the key, letter by letter: S3 keys are case-sensitive and may begin with "/"',
      AccessDenied: `allow s3:GetObject on arn:aws:s3:::${bucket}/${key}, and s3:ListBucket to see missing keys as such`,
      InvalidRange: `the range ${range} lies outside the object`,
    });
  }
}

async function readObject(
  client: S3Client,
  key: string,
  command: GetObjectCommand,
  signal: AbortSignal | undefined,
): Promise<S3Object> {
  const output = await client.send(command, signal ? { abortSignal: signal } : {});
  const body = await readBody(output);
  // An aborted request drops what was received and not yet read, so the body may have ended early without an error.
  signal?.throwIfAborted();
  return { ...describe(key, output), body };
}

/** Every body is read to its end or destroyed: one left open would hold its socket for ever. */
async function readBody({ Body: body }: GetObjectCommandOutput): Promise<Uint8Array> {
  if (body === undefined) return new Uint8Array();
  try {
    if (hasEnded(body)) throw new Error('The connection ended before the body was read');
    return await body.transformToByteArray();
  } catch (error) {
    (body as { destroy?: () => void }).destroy?.();
    throw error;
  }
}

/**
 * Whether a body has been destroyed before anybody read it, as when a middleware of the client kept the answer while the
 * connection was lost. Its events are over, and reading it would wait for ever.
 */
function hasEnded(body: object): boolean {
  // Where the SDK verifies a checksum, the body is a stream around the one of the connection.
  const { destroyed, source } = body as { destroyed?: boolean; source?: { destroyed?: boolean } };
  return destroyed === true || source?.destroyed === true;
}

function describe(key: string, output: GetObjectCommandOutput): Omit<S3Object, 'body'> {
  return {
    key,
    eTag: output.ETag,
    contentType: output.ContentType,
    lastModified: output.LastModified,
    versionId: output.VersionId,
    metadata: output.Metadata ?? {},
  };
}
