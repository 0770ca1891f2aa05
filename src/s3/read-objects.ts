import type { Io } from '../io/io.ts';
import type { IoMapSettledOptions } from '../io/io-options.ts';
import type { TaskScope } from '../io/task-run.ts';
import type { TaskOutcome } from '../result/outcome.ts';
import type { CompletionReason } from '../result/parallel-result.ts';
import { ObjectMeter, type ObjectTotals } from './object-meter.ts';
import type { ObjectReader } from './object-reader.ts';
import { recorded } from './recorded.ts';
import type { S3Object } from './s3-object.ts';

/** What is to become of each object. Its value is the object's outcome; the object itself is then free to go. */
export type UseObject<Value> = (object: S3Object, scope: TaskScope) => Value | PromiseLike<Value>;

/** The outcome of one object. */
export type ObjectOutcome<Value> = TaskOutcome<Value> & { readonly key: string };

/** All outcomes, in the order of the keys, and their totals. */
export interface ObjectsResult<Value> {
  readonly outcomes: readonly ObjectOutcome<Value>[];
  readonly fulfilledCount: number;
  readonly rejectedCount: number;
  readonly skippedCount: number;
  readonly completionReason: CompletionReason;
  /** False when an iterator of keys, or a listing, was left before its end. */
  readonly isInputExhausted: boolean;
  readonly totals: ObjectTotals;
}

interface ReadObjectsRequest<Entry, Value> {
  readonly bucket: string;
  readonly items: Iterable<Entry> | AsyncIterable<Entry>;
  readonly keyOf: (entry: Entry) => string;
  readonly use: UseObject<Value> | undefined;
  readonly options: IoMapSettledOptions<Entry>;
}

/** What `getMany` and `getPrefix` share: entries in, one outcome each. */
export async function readObjects<Entry, Value>(
  reader: ObjectReader,
  io: Io,
  { bucket, items, keyOf, use, options }: ReadObjectsRequest<Entry, Value>,
): Promise<ObjectsResult<Value>> {
  if (typeof bucket !== 'string' || bucket === '') {
    throw new TypeError(`Cannot read objects as bucket must be a string that is not empty: ${JSON.stringify(bucket)}`);
  }
  if (use !== undefined && typeof use !== 'function') {
    throw new TypeError(`Cannot read objects as use must be a function of the object: ${JSON.stringify(use)}`);
  }
  const { items: recordedItems, entries } = recorded(items);
  const meter = new ObjectMeter();
  const task = async (entry: Entry, scope: TaskScope): Promise<Value> => {
    const object = await reader.get({ bucket, key: keyOf(entry), signal: scope.signal });
    meter.add(object.body.byteLength);
    // Without `use` the caller has named no value of its own: `Value` is `S3Object`.
    return use ? await use(object, scope) : (object as Value);
  };
  const result = await io.mapSettled(recordedItems, task, options);
  return {
    outcomes: result.outcomes.map((outcome) => ({ ...outcome, key: keyOf(entries[outcome.index] as Entry) })),
    fulfilledCount: result.fulfilledCount,
    rejectedCount: result.rejectedCount,
    skippedCount: result.skippedCount,
    completionReason: result.completionReason,
    isInputExhausted: result.isInputExhausted,
    totals: meter.totals(),
  };
}
