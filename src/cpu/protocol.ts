/**
 * What crosses the thread boundary: data only. Both sides may be bundled apart from each other, so each message begins with the
 * kind and the version of this protocol. They are arrays, because each key of an object costs as much as a small value.
 */
export const REQUEST = 0x1a3b_da01;
export const REPLY = 0x2a3b_da01;

/** Pool to thread: run the worker once per input. What else there is to know is in the {@link Progress} of the slot. */
export type ChunkRequest = readonly [kind: typeof REQUEST, slot: number, inputs: readonly unknown[]];

/**
 * Thread to pool: how the inputs that were begun ended. The values are in their order, `undefined` where one was rejected; rejections
 * and logs are absent where there are none.
 */
export type ChunkReply = readonly [
  kind: typeof REPLY,
  durationMs: number,
  values: readonly unknown[],
  rejections?: readonly PackedRejection[] | undefined,
  logs?: readonly LogLine[] | undefined,
];

export interface PackedRejection {
  /** Which of the inputs. */
  readonly position: number;
  readonly reason: Packed;
  /** It returned, but something that cannot be sent; the reason is the `DataCloneError`. */
  readonly isNotCloneable?: boolean;
}

/** What was logged in a thread, to be written where the request id is known. */
export interface LogLine {
  readonly level: LogLevel;
  readonly args: readonly unknown[];
}

export type LogLevel = 'debug' | 'error' | 'info' | 'log' | 'warn';

/** A thrown value as data: the structured clone of an error loses its class, `code` and own fields. */
export type Packed = PackedError | { readonly kind: 'value'; readonly value: unknown };

export interface PackedError {
  readonly kind: 'error';
  readonly name: string;
  /** The built-in class that it is of, or extends. */
  readonly base: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Absent where the error has none: `undefined` is a cause as well. */
  readonly cause?: Packed;
  /** Of an `AggregateError`. */
  readonly errors?: readonly Packed[];
  readonly own: readonly (readonly [string, Packed])[];
}

/** What every thread of our pool is started with, under this key of its `workerData`. */
export const THREAD_DATA = 'lambda-parallel';

export interface ThreadData {
  readonly progress: SharedArrayBuffer;
}

export function isRequest(message: unknown): message is ChunkRequest {
  return Array.isArray(message) && message[0] === REQUEST;
}

export function isReply(message: unknown): message is ChunkReply {
  return Array.isArray(message) && message[0] === REPLY;
}
