import type { RemainingTime } from '../deadline/deadline.ts';
import type { ParallelRuntime } from '../runtime/runtime.ts';

/** What Lambda gives a handler beside the event, as far as every runtime has it. */
export interface InvocationContext extends RemainingTime {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  /** A number in a string, as Lambda gives it. */
  readonly memoryLimitInMB: string;
}

/** What the handler's context gains. */
export interface ParallelContext {
  readonly parallel: ParallelRuntime;
}

/** A context without the method, as unit tests pass it, has no deadline. */
export function remainingTimeOf(context: unknown): RemainingTime | undefined {
  const candidate = context as Partial<RemainingTime> | null | undefined;
  return typeof candidate?.getRemainingTimeInMillis === 'function' ? (candidate as RemainingTime) : undefined;
}

/** Absent in the context of a unit test, perhaps. */
export function requestIdOf(context: unknown): string | undefined {
  const { awsRequestId } = Object(context) as Partial<InvocationContext>;
  return typeof awsRequestId === 'string' ? awsRequestId : undefined;
}
