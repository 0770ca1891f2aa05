import type { ChunkFlight } from './chunk-flight.ts';
import type { ChunkReply } from './protocol.ts';

/** What a thread runs at a time: some inputs for one worker. */
export interface Chunk {
  /** The worker file. */
  readonly file: string;
  readonly inputs: readonly unknown[];
  /** As of {@link Progress}. */
  readonly budgetMs: number;
  /** Of one item, from the moment on that its thread begins it. */
  readonly timeoutMs: number | undefined;
  /** Moved with the inputs. */
  readonly buffers: readonly ArrayBuffer[];
  /** Called once when the chunk is with a thread, or next in line for one. */
  started(flight: ChunkFlight): void;
  /** Called once, when the thread is free again. */
  ended(end: ChunkEnd): void;
}

export type ChunkEnd =
  | { readonly kind: 'replied'; readonly reply: ChunkReply }
  /** Before anything was begun, because the inputs cannot be sent. */
  | { readonly kind: 'not-cloneable'; readonly cause: unknown }
  /** After everything was run, because what the worker returned cannot be sent; it ended the thread. */
  | { readonly kind: 'not-returned'; readonly cause: unknown }
  /** Before anything was begun: the worker file could not be loaded, or is none. */
  | { readonly kind: 'not-loaded'; readonly cause: unknown }
  /** With the input at `position`; earlier ones were run, and their values are lost. */
  | { readonly kind: 'thread-ended'; readonly position: number; readonly why: ThreadEnd; readonly cause: unknown };

/** `crash`: by itself. `timeout`: an item ran longer than its timeout. `told`: it went on after it was told to stop. */
export type ThreadEnd = 'crash' | 'timeout' | 'told';

/** Who has chunks to run. */
export interface ChunkSource {
  /** Kept by the scheduler. */
  isWaiting: boolean;
  /** The next one, cut now that a thread is free; `undefined` where there is none at the moment: enlist again when there is. */
  next(): Chunk | undefined;
}
