import { shown } from '../validation.ts';
import { ThreadScheduler } from './thread-scheduler.ts';
import { resolveWorkerFile } from './worker-file.ts';
import type { AnyWorkerRef } from './worker-ref.ts';

/** What an execution environment has for computing: threads, and the files they may run. Started in the init phase, kept for good. */
export interface WorkerThreads {
  readonly scheduler: ThreadScheduler;
  /** By the `href` of a worker's URL. */
  readonly files: ReadonlyMap<string, string>;
  /** At the end of an invocation: ends the threads, if they were started for it alone. */
  release(): Promise<void>;
}

/** One budget of threads, however many handlers one process has. */
const sharedSchedulers = new Map<number, ThreadScheduler>();

export interface ThreadOptions {
  readonly threadCount: number;
  /** Whether all handlers of this process use the same threads, which then live as long as it does. */
  readonly isShared: boolean;
}

/**
 * @returns `undefined` where no worker is declared: then no thread is started.
 * @throws {WorkerFileError} If a worker's file, or Piscina's worker in a bundle, is not there.
 */
export function startWorkerThreads(
  workers: readonly AnyWorkerRef[],
  { threadCount, isShared }: ThreadOptions,
): WorkerThreads | undefined {
  const [first] = workers;
  if (first === undefined) return undefined;
  const files = new Map(workers.map(({ url }) => [url.href, resolveWorkerFile(url)]));
  const open = (): ThreadScheduler => new ThreadScheduler(first.openPool(threadCount));
  const scheduler = (isShared ? sharedSchedulers.get(threadCount) : undefined) ?? open();
  if (isShared) sharedSchedulers.set(threadCount, scheduler);
  scheduler.preload([...files.values()]);
  return {
    scheduler,
    files,
    async release() {
      if (!isShared) await scheduler.close();
    },
  };
}

/** @throws {TypeError} For what is no worker, or none that was declared. */
export function workerFileOf(call: string, worker: AnyWorkerRef, threads: WorkerThreads | undefined): string {
  if (!((worker as Partial<AnyWorkerRef> | null | undefined)?.url instanceof URL)) {
    throw new TypeError(`Cannot run ${call} as its worker must be a workerRef(…): ${shown(worker)}`);
  }
  const file = threads?.files.get(worker.url.href);
  if (file === undefined) {
    throw new TypeError(
      `Cannot run ${call} as its worker must be declared: ${worker.url.pathname.split('/').at(-1)}; add it to the options, parallel({ workers: [...] })`,
    );
  }
  return file;
}
