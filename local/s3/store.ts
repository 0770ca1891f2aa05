import type { Checksum, ChecksumAlgorithm, ChecksumType } from './checksums.ts';
import { SortedKeys, toBytes } from './sorted-keys.ts';

/**
 * The bytes of an object or a part. Never changed once kept, so a copy shares them and a reader needs no lock: it has them to the end,
 * also when the object is replaced or deleted meanwhile.
 */
export interface Body {
  readonly size: number;
  /**
   * Bytes `start` to `end` (exclusive): buffers, if they are in memory anyway. What is no array must be iterated or ended with `return`:
   * its bytes are kept until then.
   */
  read(start: number, end: number): readonly Buffer[] | AsyncIterable<Buffer>;
  slice(start: number, end: number): Body;
}

export interface StoredObject {
  readonly key: string;
  readonly body: Body;
  /** With its quotes. */
  readonly etag: string;
  /** Whole seconds, as S3 keeps it. */
  readonly lastModifiedMs: number;
  readonly headers: ObjectHeaders;
  /** Given by the client. Absent: S3 has one all the same, computed when it is first asked for. */
  checksum?: Checksum;
  /** Of a multipart upload; absent for an object that was put in one piece. */
  readonly parts?: readonly ObjectPart[];
}

/** What a client stored beside the bytes, as names and values of the headers that it gets back. */
export type ObjectHeaders = Readonly<Record<string, string>>;

interface ObjectPart {
  readonly size: number;
  readonly checksum?: Checksum;
}

export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly initiatedMs: number;
  readonly headers: ObjectHeaders;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType };
  readonly parts: Map<number, UploadedPart>;
}

export interface UploadedPart extends ObjectPart {
  readonly partNumber: number;
  readonly body: Body;
  /** Of the part's bytes, hexadecimal. */
  readonly md5: string;
  readonly lastModifiedMs: number;
}

/**
 * Where the bytes are kept. Buckets, keys and metadata are in memory whatever the store; a store that outlives the process saves
 * them as well and gives them back from `load`.
 */
export interface Store {
  load(): readonly Bucket[];
  keep(bytes: Buffer): Body | Promise<Body>;
  concat(bodies: readonly Body[]): Body;
  /** The body is no longer used by the one it was kept or shared for. */
  release(body: Body): void;
  /** The body is used by one more object, part or reader, which releases it in the end. */
  share(body: Body): Body;
  saveBucket(bucket: Bucket): void;
  removeBucket(bucket: Bucket): void;
  save(bucket: Bucket, object: StoredObject): void;
  remove(bucket: Bucket, key: string): void;
}

export class Bucket {
  readonly name: string;
  readonly region: string;
  readonly createdMs: number;
  readonly uploads = new Map<string, Upload>();
  readonly keys = new SortedKeys();
  readonly #objects = new Map<string, StoredObject>();

  constructor(name: string, region: string, createdMs: number) {
    this.name = name;
    this.region = region;
    this.createdMs = createdMs;
  }

  get isEmpty(): boolean {
    return this.#objects.size === 0;
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  /** @returns What was there before. */
  set(object: StoredObject): StoredObject | undefined {
    const before = this.#objects.get(object.key);
    if (before === undefined) this.keys.add(toBytes(object.key));
    this.#objects.set(object.key, object);
    return before;
  }

  delete(key: string): StoredObject | undefined {
    const before = this.#objects.get(key);
    if (before === undefined) return undefined;
    this.#objects.delete(key);
    this.keys.delete(toBytes(key));
    return before;
  }
}
