import type { WorkerThreads } from '../cpu/worker-threads.ts';
import { type ParallelOptions, type ResolvedOptions, resolveOptions } from '../options.ts';

/** What lives as long as the process: options that were checked, and threads. Made at cold start. */
export interface Environment extends ResolvedOptions {
  /** Absent where no worker is declared. */
  readonly threads: WorkerThreads | undefined;
}

/**
 * @param isShared - Whether the threads are those of the whole process, or of this environment alone, to be closed with it.
 * @throws {TypeError | RangeError} For a wrong option. @throws {WorkerFileError} If a worker's file is not there.
 */
export function createEnvironment(options: ParallelOptions | undefined, { isShared }: { isShared: boolean }): Environment {
  const resolved = resolveOptions(options);
  const { workers, maxThreads } = resolved;
  const threads = workers[0]?.startThreads(workers, { threadCount: maxThreads, isShared });
  return { ...resolved, threads };
}
