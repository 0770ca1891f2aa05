import { workerData } from 'node:worker_threads';
import { isPromiseLike } from '../../run/is-promise-like.ts';
import { pack } from '../packed-error.ts';
import { Progress } from '../progress.ts';
import { type ChunkReply, type ChunkRequest, type PackedRejection, PROTOCOL, THREAD_DATA, type ThreadData } from '../protocol.ts';
import { collectBuffers } from '../transferables.ts';
import { moved } from './moved.ts';
import { beginLines, takeLines } from './thread-console.ts';

/** Runs the worker over one chunk, one input after the other. It never rejects: what the worker throws is part of the reply. */
export async function runChunk(
  worker: (input: unknown) => unknown,
  { slot, inputs, budgetMs, isTimed }: ChunkRequest,
): Promise<unknown> {
  const progress = progressOf(slot);
  const values: unknown[] = [];
  let rejections: PackedRejection[] | undefined;
  let buffers: Set<ArrayBuffer> | undefined;
  const startedAtMs = performance.now();
  let durationMs = 0;
  beginLines();
  for (let position = 0; position < inputs.length && durationMs < budgetMs && !progress.isStopRequested; position += 1) {
    progress.begin(position, isTimed);
    let hasReturned = false;
    try {
      const result = worker(inputs[position]);
      const value = isPromiseLike(result) ? await result : result;
      hasReturned = true;
      // Numbers, strings and the like have nothing to move and nothing that could not be sent.
      if (typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol') {
        buffers ??= new Set();
        collectBuffers(value, buffers);
      }
      values.push(value);
    } catch (error) {
      rejections ??= [];
      rejections.push({ position, reason: pack(error), isNotCloneable: hasReturned });
      values.push(undefined);
    }
    durationMs = performance.now() - startedAtMs;
  }
  progress.finish();
  const logs = takeLines();
  const reply: ChunkReply = { protocol: PROTOCOL, values, durationMs, ...(rejections && { rejections }), ...(logs && { logs }) };
  return buffers === undefined || buffers.size === 0 ? reply : moved(reply, [...buffers]);
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
