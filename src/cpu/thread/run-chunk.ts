import { workerData } from 'node:worker_threads';
import { isPromiseLike } from '../../run/is-promise-like.ts';
import { pack } from '../packed-error.ts';
import { Progress } from '../progress.ts';
import { type ChunkReply, type ChunkRequest, type PackedRejection, REPLY, THREAD_DATA, type ThreadData } from '../protocol.ts';
import { collectBuffers } from '../transferables.ts';
import { moved } from './moved.ts';
import { beginLines, takeLines } from './thread-console.ts';

/**
 * Runs the worker over one chunk, one input after the other.
 *
 * @returns What Piscina is to send back, or a promise of it that never rejects: what the worker throws is part of the reply.
 */
export function runChunk(worker: (input: unknown) => unknown, [, slot, inputs]: ChunkRequest): unknown {
  const progress = progressOf(slot);
  beginLines();
  return new ChunkExecution(worker, inputs, progress).run();
}

class ChunkExecution {
  readonly #worker: (input: unknown) => unknown;
  readonly #inputs: readonly unknown[];
  readonly #progress: Progress;
  readonly #startedAtMs = performance.now();
  readonly #values: unknown[] = [];
  #rejections: PackedRejection[] | undefined;
  #buffers: Set<ArrayBuffer> | undefined;
  #durationMs = 0;
  /** Whether the item that was begun last is to be run again, in another chunk. */
  #isHandedBack = false;

  constructor(worker: (input: unknown) => unknown, inputs: readonly unknown[], progress: Progress) {
    this.#worker = worker;
    this.#inputs = inputs;
    this.#progress = progress;
  }

  run(): unknown {
    const promised = this.#runUntilPromise();
    return promised === undefined ? this.#reply() : this.#runOn(promised);
  }

  /** Goes on from where it is, as long as the worker is synchronous: a promise would be a tenth of what a hand-over costs. */
  #runUntilPromise(): PromiseLike<unknown> | undefined {
    const { budgetMs } = this.#progress;
    while (
      this.#values.length < this.#inputs.length &&
      this.#durationMs < budgetMs &&
      !this.#isHandedBack &&
      !this.#progress.isStopRequested
    ) {
      this.#progress.begin(this.#values.length);
      try {
        // By `call`, so that V8 does not inline the worker into this loop: one that loops itself would stay there in half-optimised
        // code, five times slower (Maglev, Node 24; gone with --no-maglev-inlining).
        const result: unknown = this.#worker.call(undefined, this.#inputs[this.#values.length]);
        if (isPromiseLike(result)) return result;
        this.#fulfil(result);
      } catch (error) {
        this.#reject(error, false);
      }
      this.#durationMs = performance.now() - this.#startedAtMs;
    }
    return undefined;
  }

  async #runOn(first: PromiseLike<unknown>): Promise<unknown> {
    for (let promised: PromiseLike<unknown> | undefined = first; promised !== undefined; promised = this.#runUntilPromise()) {
      try {
        this.#fulfil(await promised);
      } catch (error) {
        this.#reject(error, false);
      }
      this.#durationMs = performance.now() - this.#startedAtMs;
    }
    return this.#reply();
  }

  #fulfil(value: unknown): void {
    // Numbers, strings and the like have nothing to move and nothing that could not be sent.
    const isSimple = typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol';
    if (isSimple || value === null) {
      this.#values.push(value);
      return;
    }
    try {
      const buffers = new Set<ArrayBuffer>();
      collectBuffers(value, buffers);
      // Where the worker goes on, it may return this very object next time, changed.
      const own = this.#inputs.length === 1 ? value : copyOf(value, buffers);
      this.#buffers ??= new Set();
      collectBuffers(own, this.#buffers);
      this.#values.push(own);
    } catch (error) {
      // A buffer that an earlier item of this chunk has returned as well: alone, each has one of its own.
      this.#isHandedBack = this.#buffers !== undefined && this.#buffers.size > 0 && !this.#progress.isMoved;
      if (!this.#isHandedBack) this.#reject(error, true);
    }
  }

  #reject(error: unknown, isNotCloneable: boolean): void {
    this.#rejections ??= [];
    this.#rejections.push({ position: this.#values.length, reason: pack(error), isNotCloneable });
    this.#values.push(undefined);
  }

  #reply(): unknown {
    this.#progress.finish();
    const logs = takeLines();
    const reply: ChunkReply =
      this.#rejections === undefined && logs === undefined
        ? [REPLY, this.#durationMs, this.#values]
        : [REPLY, this.#durationMs, this.#values, this.#rejections, logs];
    return this.#buffers === undefined || this.#buffers.size === 0 ? reply : moved(reply, [...this.#buffers]);
  }
}

function copyOf(value: unknown, buffers: ReadonlySet<ArrayBuffer>): unknown {
  try {
    return structuredClone(value, { transfer: [...buffers] });
  } catch {
    // Some buffers cannot be moved, as the memory of WebAssembly, and nothing tells.
    return structuredClone(value);
  }
}

let progress: Progress | undefined;
let progressSlot: number | undefined;

/** The same slot is not always the same thread. */
function progressOf(slot: number): Progress {
  if (progress === undefined || progressSlot !== slot) {
    progress = new Progress((workerData[THREAD_DATA] as ThreadData).progress, slot);
    progressSlot = slot;
  }
  return progress;
}
