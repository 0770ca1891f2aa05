import type middy from '@middy/core';
import type { ParallelOptions } from '../options.ts';
import { createEnvironment } from '../runtime/environment.ts';
import { createRuntime, type ParallelRuntime } from '../runtime/runtime.ts';
import { type ParallelContext, remainingTimeOf, requestIdOf } from './lambda-context.ts';

/** Where Powertools' `logMetrics` leaves what publishes: `METRICS_KEY` of @aws-lambda-powertools/commons 2. */
const POWERTOOLS_METRICS = 'powertools-for-aws.metrics';

/** Lambda's context, in the type that Middy knows it by. */
type LambdaContext = middy.Request['context'];

/** Kept per request by Middy, which makes a fresh one for each invocation: several may overlap in one process. */
export interface ParallelInternal extends Record<string, unknown> {
  parallel?: ParallelRuntime;
}

/**
 * Middy middleware that gives the handler `context.parallel`: engines under one deadline, ended with the invocation.
 *
 * What it opens, it opens at the first use, and no timer is held while no task runs. So a `before` that answers early, after
 * which Middy calls no `after` and no `onError`, leaves nothing behind. Nor does Middy call ours when the `after` or `onError`
 * of a middleware used later returns a value: tasks that nobody awaited then run on, until the deadline.
 *
 * Not for response streaming: there Middy ends the invocation, for its middlewares, before the body is read. Read `io.stream` to
 * its end in the handler.
 *
 * @example
 * ```ts
 * export const handler = middy<{ keys: string[] }>()
 *   .use(parallel({ concurrency: 64 }))
 *   .handler(async (event, context) => context.parallel.io.map(event.keys, load));
 * ```
 * @param options - Checked here, at cold start: a wrong one fails the deployment, not a request.
 * @throws {TypeError | RangeError} For a wrong option. @throws {WorkerFileError} If a worker's file is not there.
 */
export function parallel(
  options?: ParallelOptions,
): middy.MiddlewareObj<unknown, unknown, Error, LambdaContext & ParallelContext, ParallelInternal> {
  const environment = createEnvironment(options, { isShared: true });
  const close = async ({ internal }: { internal: ParallelInternal }): Promise<void> => {
    // Absent when an earlier middleware threw first.
    await internal.parallel?.[Symbol.asyncDispose]();
  };
  return {
    before({ context, internal }) {
      const runtime = createRuntime(environment, remainingTimeOf(context), {
        requestId: requestIdOf(context),
        // Used before us, it comes after us at the end, and warns where nothing is left to publish, or throws.
        areMetricsPublished: POWERTOOLS_METRICS in internal,
      });
      internal.parallel = runtime;
      Object.assign(context, { parallel: runtime });
    },
    after: close,
    onError: close,
  };
}
