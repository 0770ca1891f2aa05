import { shown } from '../validation.ts';
import type { WorkerFunction } from './thread/define-worker.ts';
import { type StartWorkerThreads, startWorkerThreads } from './worker-threads.ts';

declare const types: unique symbol;

/** A worker as its callers know it: where its file is, what it takes and what it returns. */
export interface WorkerRef<Input, Output> {
  /** Of the source file; the built one is found from it. */
  readonly url: URL;
  readonly [types]?: (input: Input) => Output;
}

/** Any worker. */
export type AnyWorkerRef = WorkerRef<never, unknown>;

/**
 * What a reference has beside what its callers see: how threads are started. It is here, so that a bundle in which no worker is
 * declared has neither Piscina nor the engine in it.
 */
export interface StartableWorkerRef extends AnyWorkerRef {
  readonly startThreads: StartWorkerThreads;
}

/** A worker file, as `import()` gives it. */
export interface WorkerModule {
  readonly default: WorkerFunction<never, unknown>;
}

/**
 * Names a worker file on the caller's side, with its types and without loading it.
 *
 * @example
 * ```ts
 * const resize = workerRef<typeof import('./workers/resize.worker.ts')>(new URL('./workers/resize.worker.ts', import.meta.url));
 *
 * export const handler = middy().use(parallel({ workers: [resize] })).handler(…);
 * ```
 * @param url - Written out like this, so that the path is checked by the compiler and found after bundling.
 * @throws {TypeError} If it is not a `file:` URL.
 */
export function workerRef<Module extends WorkerModule = never>(
  url: URL,
): WorkerRef<Parameters<Module['default']>[0], Awaited<ReturnType<Module['default']>>> {
  if (!(url instanceof URL) || url.protocol !== 'file:') {
    throw new TypeError(
      `Cannot refer to a worker as its URL must be a file: URL, new URL('./resize.worker.ts', import.meta.url): ${shown(url)}`,
    );
  }
  const ref: StartableWorkerRef = { url, startThreads: startWorkerThreads };
  return ref as WorkerRef<Parameters<Module['default']>[0], Awaited<ReturnType<Module['default']>>>;
}
