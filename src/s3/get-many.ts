import type { Io } from '../io/io.ts';
import { IO_MAP_SETTLED_KEYS, type IoMapSettledOptions } from '../io/io-options.ts';
import { assertIo, onlyKnownKeys } from '../validation.ts';
import type { ObjectReader } from './object-reader.ts';
import { type ObjectsResult, readObjects, type UseObject } from './read-objects.ts';

/** Options of `reader.getMany`: those of `io.mapSettled`, and what to read. An unknown key is an error. */
export interface GetManyOptions extends IoMapSettledOptions<string> {
  readonly bucket: string;
  /** An array, or an iterator that is pulled as slots free up. */
  readonly keys: Iterable<string> | AsyncIterable<string>;
}

export async function getMany<Value>(
  reader: ObjectReader,
  io: Io,
  given: GetManyOptions & { readonly use?: UseObject<Value> },
): Promise<ObjectsResult<Value>> {
  assertIo('getMany', io);
  onlyKnownKeys('getMany', given, ['bucket', 'keys', 'use', ...IO_MAP_SETTLED_KEYS]);
  const { bucket, keys, use, ...options } = given;
  // A string is an iterable of its letters.
  if (typeof keys === 'string') {
    throw new TypeError(`Cannot read objects as keys must be an array or iterator of strings: ${JSON.stringify(keys)}`);
  }
  return await readObjects(reader, io, { bucket, items: keys, keyOf: (key) => key, use, options });
}
