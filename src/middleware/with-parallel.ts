import type { ParallelOptions } from '../options.ts';
import { createEnvironment } from '../runtime/environment.ts';
import { createRuntime } from '../runtime/runtime.ts';
import { shown } from '../validation.ts';
import { type InvocationContext, type ParallelContext, remainingTimeOf, requestIdOf } from './lambda-context.ts';

/**
 * The same for handlers without Middy: wraps one, gives it `context.parallel`, and ends it with the invocation.
 *
 * @example
 * ```ts
 * export const handler = withParallel({ concurrency: 64 }, async (event: { keys: string[] }, context) =>
 *   context.parallel.io.map(event.keys, load),
 * );
 * ```
 * @param options - Checked here, at cold start.
 * @throws {TypeError | RangeError} For a wrong option. @throws {WorkerFileError} If a worker's file is not there.
 */
export function withParallel<Event, Result, Context extends InvocationContext = InvocationContext>(
  options: ParallelOptions,
  handler: (event: Event, context: Context & ParallelContext) => Promise<Result> | Result,
): (event: Event, context: Context) => Promise<Result> {
  if (typeof handler !== 'function') throw new TypeError(`Cannot wrap the handler as it must be a function: ${shown(handler)}`);
  const environment = createEnvironment(options, { isShared: true });
  return async (event, context) => {
    await using runtime = createRuntime(environment, remainingTimeOf(context), { requestId: requestIdOf(context) });
    return await handler(event, Object.assign(context ?? {}, { parallel: runtime }) as Context & ParallelContext);
  };
}
