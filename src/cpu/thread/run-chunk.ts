import { workerData } from 'node:worker_threads';
import { isPromiseLike } from '../../run/is-promise-like.ts';
import { pack } from '../packed-error.ts';
import { Progress } from '../progress.ts';
import { type ChunkReply, type ChunkRequest, type PackedRejection, PROTOCOL, THREAD_DATA, type ThreadData } from '../protocol.ts';
import { buffersOf, collectBuffers } from '../transferables.ts';
import { moved } from './moved.ts';
import { beginLines, takeLines } from './thread-console.ts';

/**
 * Runs the worker over one chunk, one input after the other.
 *
 * @returns What Piscina is to send back, or a promise of it that never rejects: what the worker throws is part of the reply.
 */
export function runChunk(worker: (input: unknown) => unknown, [, slot, inputs]: ChunkRequest): unknown {
  beginLines();
  return new ChunkExecution(worker, inputs, progressOf(slot)).run();
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

  constructor(worker: (input: unknown) => unknown, inputs: readonly unknown[], progress: Progress) {
    this.#worker = worker;
    this.#inputs = inputs;
    this.#progress = progress;
  }

  /** Goes on from where it is, synchronously as long as the worker is: a promise would be a tenth of what a hand-over costs. */
  run(): unknown {
    const { budgetMs } = this.#progress;
    while (this.#values.length < this.#inputs.length && this.#durationMs < budgetMs && !this.#progress.isStopRequested) {
      this.#progress.begin(this.#values.length);
      try {
        // By `call`, so that V8 does not inline the worker into this loop: one that loops itself would stay there in half-optimised
        // code, five times slower (Maglev, Node 24; gone with --no-maglev-inlining).
        const result: unknown = this.#worker.call(undefined, this.#inputs[this.#values.length]);
        if (isPromiseLike(result)) return this.#runOn(result);
        this.#fulfil(result);
      } catch (error) {
        this.#reject(error, false);
      }
      this.#durationMs = performance.now() - this.#startedAtMs;
    }
    return this.#reply();
  }

  async #runOn(result: PromiseLike<unknown>): Promise<unknown> {
    try {
      this.#fulfil(await result);
    } catch (error) {
      this.#reject(error, false);
    }
    this.#durationMs = performance.now() - this.#startedAtMs;
    return await this.run();
  }

  #fulfil(value: unknown): void {
    // Numbers, strings and the like have nothing to move and nothing that could not be sent.
    if (typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol') {
      this.#buffers ??= new Set();
      try {
        collectBuffers(value, this.#buffers);
      } catch (error) {
        this.#reject(error, true);
        return;
      }
    }
    this.#values.push(value);
  }

  #reject(error: unknown, isNotCloneable: boolean): void {
    this.#rejections ??= [];
    this.#rejections.push({ position: this.#values.length, reason: pack(error), isNotCloneable });
    this.#values.push(undefined);
  }

  #reply(): unknown {
    this.#progress.finish();
    if (this.#progress.isMoved && this.#inputs.length === 1) this.#freeInput();
    const logs = takeLines();
    const reply: ChunkReply =
      this.#rejections === undefined && logs === undefined
        ? [PROTOCOL, this.#durationMs, this.#values]
        : [PROTOCOL, this.#durationMs, this.#values, this.#rejections, logs];
    return this.#buffers === undefined || this.#buffers.size === 0 ? reply : moved(reply, [...this.#buffers]);
  }

  /** A thread makes little garbage, so its collector comes late: images that it is done with would pile up to some 50 MB. */
  #freeInput(): void {
    for (const buffer of buffersOf(this.#inputs)) if (!this.#buffers?.has(buffer)) buffer.transfer(0);
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
