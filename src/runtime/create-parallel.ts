import type { RemainingTime } from '../deadline/deadline.ts';
import { type ParallelOptions, resolveOptions } from '../options.ts';
import { createRuntime, type ParallelRuntime } from './runtime.ts';

/**
 * The runtime for scripts and tests, where no middleware opens and closes it. Without `remainingTime` there is no deadline.
 *
 * @example
 * ```ts
 * await using runtime = createParallel({ concurrency: 32 });
 * const sizes = await runtime.io.map(keys, sizeOf);
 * ```
 * @param options - As of `parallel()`.
 * @param remainingTime - What counts the time down, as Lambda's `context` does.
 * @returns To be disposed: `await using` also waits for tasks that were told to stop, `using` only tells them.
 * @throws {TypeError | RangeError} For a wrong option.
 */
export function createParallel(options?: ParallelOptions, remainingTime?: RemainingTime): ParallelRuntime {
  return createRuntime(resolveOptions(options), remainingTime);
}
