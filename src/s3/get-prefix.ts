import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { serviceCallError } from '../aws/service-call-error.ts';
import type { Io } from '../io/io.ts';
import type { IoMapSettledOptions } from '../options.ts';
import { ListingInterruptedError } from './listing-interrupted-error.ts';
import type { ObjectReader } from './object-reader.ts';
import { type ObjectsResult, readObjects, type UseObject } from './read-objects.ts';

/** Options of `reader.getPrefix`: those of `io.mapSettled`, what to list, and what is to become of it. */
export interface GetPrefixOptions<Value> extends Omit<IoMapSettledOptions<ListedObject>, 'weight'> {
  readonly bucket: string;
  /** What the keys begin with. `''` is the whole bucket. */
  readonly prefix: string;
  /** Reads only what this is true for: by key, size, date. @defaultValue everything but the empty `folder/` markers of consoles */
  readonly filter?: (object: ListedObject) => boolean;
  /** Without it the outcomes hold the objects, and memory all of them. */
  readonly use?: UseObject<Value>;
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
  { bucket, prefix, filter = isNotMarker, use, ...options }: GetPrefixOptions<Value>,
): Promise<ObjectsResult<Value>> {
  if (typeof prefix !== 'string') {
    throw new TypeError(`Cannot list s3://${bucket} as prefix must be a string, '' for all: ${JSON.stringify(prefix)}`);
  }
  const listing = new Listing(client, bucket, prefix, options.signal);
  const entries = listing.objects(filter);
  const weighed = options.maxInFlightBytes === undefined ? options : { ...options, weight: ({ size }: ListedObject) => size };
  const result = await readObjects(reader, io, { bucket, entries, keyOf: ({ key }) => key, use, options: weighed });
  if (listing.error === undefined) return result;
  if (result.outcomes.length === 0) throw listing.error;
  throw new ListingInterruptedError(`s3://${bucket}/${prefix}`, result, { cause: listing.error });
}

/** The pages of one listing. An error ends it and is kept, so that the outcomes of what was listed before are not lost. */
class Listing {
  error: unknown;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #signal: AbortSignal | undefined;

  constructor(client: S3Client, bucket: string, prefix: string, signal: AbortSignal | undefined) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#signal = signal;
  }

  async *objects(filter: (object: ListedObject) => boolean): AsyncGenerator<ListedObject> {
    let page = this.#page(undefined);
    while (true) {
      const output = await page;
      if (output === undefined) return;
      const { Contents: contents = [], NextContinuationToken: nextToken } = output;
      // Asked for before this page is used up, so that the downloads never wait for the listing.
      if (nextToken !== undefined) page = this.#page(nextToken);
      for (const { Key: key = '', Size: size = 0, LastModified: lastModified } of contents) {
        const object = { key, size, lastModified };
        if (filter(object)) yield object;
      }
      if (nextToken === undefined) return;
    }
  }

  /** Never rejects: nobody may be waiting for a page that was asked for ahead. */
  async #page(token: string | undefined): Promise<ListObjectsV2CommandOutput | undefined> {
    const command = new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: this.#prefix, ContinuationToken: token });
    try {
      return await this.#client.send(command, this.#signal ? { abortSignal: this.#signal } : {});
    } catch (cause) {
      if (!this.#signal?.aborted) {
        this.error ??= serviceCallError(`list s3://${this.#bucket}/${this.#prefix}`, cause, {
          NoSuchBucket: 'create the bucket, or name another one',
          AccessDenied: `allow s3:ListBucket on arn:aws:s3:::${this.#bucket}`,
        });
      }
      return undefined;
    }
  }
}

function isNotMarker({ key, size }: ListedObject): boolean {
  return size > 0 || !key.endsWith('/');
}
