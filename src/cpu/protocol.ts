/** What crosses the thread boundary: data only. Both sides may be bundled apart from each other, so each message names its version. */
export const PROTOCOL = 'lambda-parallel/1';

/** Pool to thread: run the worker once per input. */
export interface ChunkRequest {
  readonly protocol: typeof PROTOCOL;
  /** The thread's part of the {@link Progress} memory. */
  readonly slot: number;
  readonly inputs: readonly unknown[];
  /** After this time no further input is begun, in ms: what is left goes to whichever thread is free. `Infinity`: all are run. */
  readonly budgetMs: number;
  /** Whether the start of each item is to be noted, because it has a timeout. */
  readonly isTimed: boolean;
}

/** Thread to pool: how the inputs that were begun ended. */
export interface ChunkReply {
  readonly protocol: typeof PROTOCOL;
  /** One per input that was begun, in their order; `undefined` where it was rejected. */
  readonly values: readonly unknown[];
  /** In the order of the inputs; absent where there is none. */
  readonly rejections?: readonly PackedRejection[];
  readonly durationMs: number;
  readonly logs?: readonly LogLine[];
}

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

export type LogLevel = 'debug' | 'error' | 'info' | 'log' | 'trace' | 'warn';

/** A thrown value as data: the structured clone of an error loses its class, `code` and own fields. */
export type Packed = PackedError | { readonly kind: 'value'; readonly value: unknown };

export interface PackedError {
  readonly kind: 'error';
  readonly name: string;
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

export function isChunkRequest(message: unknown): message is ChunkRequest {
  return (message as Partial<ChunkRequest> | null | undefined)?.protocol === PROTOCOL;
}

export function isChunkReply(message: unknown): message is ChunkReply {
  return (message as Partial<ChunkReply> | null | undefined)?.protocol === PROTOCOL;
}
