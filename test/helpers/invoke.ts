import type { Context } from 'aws-lambda';
import { lambdaContext } from './lambda-context.ts';

/** Calls a handler as Lambda does. Middy's types ask the caller for what its middlewares are about to add to the context. */
export function invoke<Result>(
  handler: (event: never, context: never) => Promise<Result>,
  { event = {}, context = lambdaContext() }: { event?: unknown; context?: Context } = {},
): Promise<Result> {
  return handler(event as never, context as never);
}
