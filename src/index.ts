export type { Capacity, ManagedInstancesCapacity } from './capacity/capacity.ts';
export { vcpuShare } from './capacity/vcpu-share.ts';
export type { RemainingTime } from './deadline/deadline.ts';
export {
  DeadlineExceededError,
  InvocationEndedError,
  ParallelError,
  RunStoppedError,
  ServiceCallError,
  TaskAbandonedError,
  TaskTimeoutError,
} from './errors.ts';
export type { Io } from './io/io.ts';
export type { IoMapOptions, IoMapSettledOptions, IoStreamOptions } from './io/io-options.ts';
export type { StreamOutcome } from './io/io-stream.ts';
export type { Items } from './io/source.ts';
export type { IoStatistics } from './io/task-ledger.ts';
export type { Task, TaskScope } from './io/task-run.ts';
export type { InvocationContext, ParallelContext } from './middleware/lambda-context.ts';
export { type ParallelInternal, parallel } from './middleware/parallel.ts';
export { withParallel } from './middleware/with-parallel.ts';
export type { ParallelOptions } from './options.ts';
export type { FulfilledOutcome, RejectedOutcome, SkippedOutcome, SkipReason, TaskOutcome } from './result/outcome.ts';
export { type CompletionReason, ParallelResult } from './result/parallel-result.ts';
export { createParallel } from './runtime/create-parallel.ts';
export type { ParallelRuntime } from './runtime/runtime.ts';
