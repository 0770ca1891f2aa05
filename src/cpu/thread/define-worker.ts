import { shown } from '../../validation.ts';
import { isRequest } from '../protocol.ts';
import { isPoolThread } from './is-pool-thread.ts';
import { runChunk } from './run-chunk.ts';
import { captureConsole } from './thread-console.ts';

declare const worker: unique symbol;

/** The default export of a worker file: what `workerRef` takes its types from. Called directly, it runs on the calling thread. */
export interface WorkerFunction<Input, Output> {
  (input: Input): Output;
  readonly [worker]: true;
}

// When the worker file is loaded, so that what it keeps of `console` is ours.
if (isPoolThread) captureConsole();

/**
 * Declares the code that runs in worker threads. It is the default export of a file of its own, `*.worker.ts`.
 *
 * @example
 * ```ts
 * export default defineWorker((text: string): number => parse(text).length);
 * ```
 * @param task - A function of its input alone, synchronous or not: what lives in module scope is the thread's own. Inputs and
 * outputs cross the thread boundary as structured clones; ArrayBuffers in the output are moved, so keep no hold of them. It does
 * not change its input: items that share an object share it in the thread as well. When another item ends the thread, it may
 * be run again.
 * @returns The same function, which can be called directly in tests.
 * @throws {TypeError} If `task` is not a function.
 */
export function defineWorker<Input, Output>(task: (input: Input) => Output): WorkerFunction<Input, Output> {
  if (typeof task !== 'function') throw new TypeError(`Cannot define a worker as its task must be a function: ${shown(task)}`);
  // Elsewhere, an input is an input, whatever it looks like.
  const run = (input: unknown): unknown =>
    isPoolThread && isRequest(input) ? runChunk(task as (input: unknown) => unknown, input) : task(input as Input);
  return run as WorkerFunction<Input, Output>;
}
