import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { serviceCallError } from '../aws/service-call-error.ts';
import { Sockets } from '../aws/sockets.ts';
import { ServiceCallError } from '../errors.ts';
import type { Io } from '../io/io.ts';
import { IO_MAP_SETTLED_KEYS, type IoMapSettledOptions } from '../io/io-options.ts';
import { assertIo, onlyKnownKeys } from '../validation.ts';
import { ListingInterruptedError } from './listing-interrupted-error.ts';
import type { ObjectReader } from './object-reader.ts';
import { type ObjectsResult, readObjects, type UseObject } from './read-objects.ts';

/** Options of `reader.getPrefix`: those of `io.mapSettled`, and what to list. An unknown key is an error. */
export interface GetPrefixOptions extends Omit<IoMapSettledOptions<ListedObject>, 'weight'> {
  readonly bucket: string;
  /** What the keys begin with. `''` is the whole bucket. */
  readonly prefix: string;
  /** Reads only what this is true for: by key, size, date. @defaultValue everything but the empty `folder/` markers of consoles */
  readonly filter?: ((object: ListedObject) => boolean) | undefined;
}

/** An object as the listing has it. `maxInFlightBytes` counts its `size`. */
export interface ListedObject {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  readonly lastModified: Date | undefined;
}

export async function getPrefix<Value>(
  client: S3Client,
  reader: ObjectReader,
  io: Io,
  given: GetPrefixOptions & { readonly use?: UseObject<Value> },
): Promise<ObjectsResult<Value>> {
  assertIo('getPrefix', io);
  const known = IO_MAP_SETTLED_KEYS.filter((key) => key !== 'weight');
  onlyKnownKeys('getPrefix', given, ['bucket', 'prefix', 'filter', 'use', ...known]);
  const { bucket, prefix, filter = isNotMarker, use, ...options } = given;
  if (typeof prefix !== 'string') {
    throw new TypeError(`Cannot list s3://${bucket} as prefix must be a string, '' for all: ${JSON.stringify(prefix)}`);
  }
  if (typeof filter !== 'function') {
    throw new TypeError(
      `Cannot list s3://${bucket} as filter must be a function of the listed object: ${JSON.stringify(filter)}`,
    );
  }
  const ending = new AbortController();
  const listing = new Listing(client, bucket, prefix, ending.signal);
  const items = listing.objects(filter);
  const weighed = options.maxInFlightBytes === undefined ? options : { ...options, weight: ({ size }: ListedObject) => size };
  try {
    const result = await readObjects(reader, io, { bucket, items, keyOf: ({ key }) => key, use, options: weighed });
    if (listing.error === undefined) return result;
    if (listing.pageCount === 0) throw listing.error;
    throw new ListingInterruptedError(`s3://${bucket}/${prefix}`, result, { cause: listing.error });
  } finally {
    // A page that was asked for ahead, of which nobody wants to know any more.
    ending.abort();
  }
}

/** The pages of one listing. An error ends it and is kept, so that the outcomes of what was listed before are not lost. */
class Listing {
  /** Set when the listing has come to the page that failed, and not when one fails that may never be needed. */
  error: ServiceCallError | undefined;
  /** Pages that were read. */
  pageCount = 0;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #signal: AbortSignal;

  constructor(client: S3Client, bucket: string, prefix: string, signal: AbortSignal) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#signal = signal;
  }

  async *objects(filter: (object: ListedObject) => boolean): AsyncGenerator<ListedObject> {
    let page = this.#page(undefined);
    while (true) {
      const output = await page;
      if (output instanceof ServiceCallError) {
        this.error = output;
        return;
      }
      this.pageCount += 1;
      const { Contents: contents = [], NextContinuationToken: nextToken, EncodingType: encoding } = output;
      // Asked for before this page is used up, so that the downloads never wait for the listing.
      if (nextToken !== undefined) page = this.#page(nextToken);
      for (const { Key: key = '', Size: size = 0, LastModified: lastModified } of contents) {
        const object = { key: encoding === 'url' ? urlDecoded(key) : key, size, lastModified };
        if (filter(object)) yield object;
      }
      if (nextToken === undefined) return;
    }
  }

  /** Never rejects: nobody may be waiting for a page that was asked for ahead. */
  async #page(token: string | undefined): Promise<ListObjectsV2CommandOutput | ServiceCallError> {
    const command = new ListObjectsV2Command({
      Bucket: this.#bucket,
      Prefix: this.#prefix,
      ContinuationToken: token,
      // XML cannot hold every character of a key, and parsers drop some that it can, as a line break on its own.
      EncodingType: 'url',
    });
    try {
      return await Sockets.of(this.#client).with(() => this.#client.send(command, { abortSignal: this.#signal }));
    } catch (cause) {
      return serviceCallError(`list s3://${this.#bucket}/${this.#prefix}`, cause, {
        NoSuchBucket: 'create the bucket, or name another one',
        AccessDenied: `allow s3:ListBucket on arn:aws:s3:::${this.#bucket}`,
      });
    }
  }
}

function isNotMarker({ key, size }: ListedObject): boolean {
  return size > 0 || !key.endsWith('/');
}

function urlDecoded(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
