import { type CpuEngine, type CpuEngineOptions, createCpuEngine } from './cpu.ts';
import { isPoolThread } from './thread/is-pool-thread.ts';
import { ThreadScheduler } from './thread-scheduler.ts';
import { resolveWorkerFile } from './worker-file.ts';
import { openWorkerPool } from './worker-pool.ts';
import type { AnyWorkerRef } from './worker-ref.ts';

/** What an execution environment has for computing: threads, and the files they may run. Started in the init phase. */
export interface WorkerThreads {
  /** The engine of one invocation, on these threads. */
  createEngine(options: CpuEngineOptions): CpuEngine;
  /** At the end of an invocation: ends the threads, if they were started for it alone. */
  release(): Promise<void>;
}

export interface ThreadOptions {
  readonly threadCount: number;
  /** Whether all handlers of this process use the same threads, which then live as long as it does. */
  readonly isShared: boolean;
}

export type StartWorkerThreads = typeof startWorkerThreads;

/** By their number of threads: one budget, however many handlers of one process have it. */
const sharedSchedulers = new Map<number, ThreadScheduler>();

/**
 * @returns `undefined` in a thread of ours: a worker file that imports something of its handler's would start threads there, which
 * load it as well, and so on without end.
 * @throws {WorkerFileError} If a worker's file, or Piscina's worker in a bundle, is not there.
 */
export function startWorkerThreads(
  workers: readonly AnyWorkerRef[],
  { threadCount, isShared }: ThreadOptions,
): WorkerThreads | undefined {
  if (isPoolThread) return undefined;
  const files = new Map(workers.map(({ url }) => [url.href, resolveWorkerFile(url)]));
  const shared = isShared ? sharedSchedulers.get(threadCount) : undefined;
  const scheduler = shared ?? new ThreadScheduler(openWorkerPool(threadCount));
  if (isShared) sharedSchedulers.set(threadCount, scheduler);
  scheduler.preload([...files.values()]);
  return {
    createEngine: (options) => createCpuEngine({ scheduler, files }, options),
    async release() {
      if (!isShared) await scheduler.close();
    },
  };
}
