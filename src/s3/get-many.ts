import type { Io } from '../io/io.ts';
import type { IoMapSettledOptions } from '../options.ts';
import type { ObjectReader } from './object-reader.ts';
import { type ObjectsResult, readObjects, type UseObject } from './read-objects.ts';

/** Options of `reader.getMany`: those of `io.mapSettled`, what to read, and what is to become of it. */
export interface GetManyOptions<Value> extends IoMapSettledOptions<string> {
  readonly bucket: string;
  /** An array, or an iterator that is pulled as slots free up. */
  readonly keys: Iterable<string> | AsyncIterable<string>;
  /** Without it the outcomes hold the objects, and memory all of them. */
  readonly use?: UseObject<Value>;
}

export async function getMany<Value>(
  reader: ObjectReader,
  io: Io,
  { bucket, keys, use, ...options }: GetManyOptions<Value>,
): Promise<ObjectsResult<Value>> {
  // A string is an iterable of its letters.
  if (typeof keys === 'string') {
    throw new TypeError(`Cannot read objects as keys must be an array or iterator of strings: ${JSON.stringify(keys)}`);
  }
  return await readObjects(reader, io, { bucket, items: keys, keyOf: (key) => key, use, options });
}
