export type { Capacity, ManagedInstancesCapacity } from './capacity/capacity.ts';
export { vcpuShare } from './capacity/vcpu-share.ts';
export type { Cpu } from './cpu/cpu.ts';
export type { CpuStatistics } from './cpu/cpu-ledger.ts';
export type { CpuMapOptions, CpuMapSettledOptions, CpuRunOptions, CpuStreamOptions } from './cpu/cpu-options.ts';
export { defineWorker, type WorkerFunction } from './cpu/thread/define-worker.ts';
export type { WorkerLogger } from './cpu/worker-logger.ts';
export { type AnyWorkerRef, type WorkerModule, type WorkerRef, workerRef } from './cpu/worker-ref.ts';
export type { RemainingTime } from './deadline/deadline.ts';
export {
  DeadlineExceededError,
  InvocationEndedError,
  NotCloneableError,
  ParallelError,
  RunStoppedError,
  ServiceCallError,
  TaskAbandonedError,
  TaskTimeoutError,
  WorkerCrashedError,
  WorkerFileError,
  WorkerLoadError,
  WorkerThrewError,
} from './errors.ts';
export type { Io } from './io/io.ts';
export type { IoMapOptions, IoMapSettledOptions, IoStreamOptions } from './io/io-options.ts';
export type { Task, TaskScope } from './io/task-run.ts';
export type { InvocationContext, ParallelContext } from './middleware/lambda-context.ts';
export { type ParallelInternal, parallel } from './middleware/parallel.ts';
export { withParallel } from './middleware/with-parallel.ts';
export type { MetricName, MetricsSink, MetricUnit } from './observe/metric.ts';
export type { ParallelOptions } from './options.ts';
export type {
  FulfilledOutcome,
  RejectedOutcome,
  SkippedOutcome,
  SkipReason,
  StreamOutcome,
  TaskOutcome,
} from './result/outcome.ts';
export { type CompletionReason, ParallelResult } from './result/parallel-result.ts';
export type { CompletionOptions } from './run/completion-limits.ts';
export type { Items } from './run/source.ts';
export type { TaskStatistics } from './run/task-ledger.ts';
export { createParallel } from './runtime/create-parallel.ts';
export type { ParallelRuntime } from './runtime/runtime.ts';
