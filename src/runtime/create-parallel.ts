import type { RemainingTime } from '../deadline/deadline.ts';
import type { ParallelOptions } from '../options.ts';
import { createEnvironment } from './environment.ts';
import { createRuntime, type ParallelRuntime } from './runtime.ts';

/**
 * The runtime for scripts and tests, where no middleware opens and closes it, with worker threads of its own. Without
 * `remainingTime` there is no deadline.
 *
 * @example
 * ```ts
 * await using runtime = createParallel({ concurrency: 32 });
 * const sizes = await runtime.io.map(keys, sizeOf);
 * ```
 * @param options - As of `parallel()`.
 * @param remainingTime - What counts the time down, as Lambda's `context` does.
 * @returns To be disposed: `await using` also waits for tasks that were told to stop, `using` only tells them. Both end the threads.
 * @throws {TypeError | RangeError} For a wrong option. @throws {WorkerFileError} If a worker's file is not there.
 */
export function createParallel(options?: ParallelOptions, remainingTime?: RemainingTime): ParallelRuntime {
  return createRuntime(createEnvironment(options, { isShared: false }), remainingTime);
}
