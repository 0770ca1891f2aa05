import type { Deadline } from '../deadline/deadline.ts';
import type { StreamOutcome } from '../result/outcome.ts';
import type { ParallelResult } from '../result/parallel-result.ts';
import { RunRegistry } from '../run/run-registry.ts';
import { type Items, Source } from '../run/source.ts';
import type { TaskMeter } from '../run/task-meter.ts';
import type { CpuEngineParts } from './chunk-run.ts';
import { CpuLedger, type CpuStatistics } from './cpu-ledger.ts';
import { cpuMap } from './cpu-map.ts';
import { cpuMapSettled } from './cpu-map-settled.ts';
import {
  type CpuMapOptions,
  type CpuMapSettledOptions,
  type CpuRunOptions,
  type CpuStreamOptions,
  resolveCpuMapOptions,
  resolveCpuMapSettledOptions,
  resolveCpuRunOptions,
  resolveCpuStreamOptions,
} from './cpu-options.ts';
import { cpuRun } from './cpu-run.ts';
import { cpuStream } from './cpu-stream.ts';
import type { ThreadScheduler } from './thread-scheduler.ts';
import { undeclaredWorker } from './undeclared-worker.ts';
import type { WorkerLogger } from './worker-logger.ts';
import type { AnyWorkerRef, WorkerRef } from './worker-ref.ts';

/**
 * Runs workers that compute, in threads: parsing, hashing, images. Inputs and outputs cross the thread boundary as structured clones.
 *
 * In all but `run`, items are handed over in chunks whose size is measured, so items of a microsecond are worth it as well; nothing
 * starts after the invocation's deadline; and a thread that ends costs the item that ran in it.
 */
export interface Cpu {
  /**
   * Runs a worker once.
   *
   * @param worker - Declared in the options of `parallel()`, `withParallel()` or `createParallel()`.
   * @throws What the worker threw, with its class name, `code`, message, stack, cause and own fields.
   * @throws {TaskTimeoutError} After `timeoutMs`. @throws {WorkerCrashedError} If the thread ended by itself.
   * @throws {WorkerLoadError} If the worker file cannot be loaded. @throws {NotCloneableError} If the input cannot be sent.
   * @throws {DeadlineExceededError} At the deadline. @throws The reason of `options.signal` when it aborts.
   * @throws {TypeError | RangeError} For a wrong option, or a worker that is not declared.
   */
  run<Input, Output>(worker: WorkerRef<Input, Output>, input: NoInfer<Input>, options?: CpuRunOptions): Promise<Output>;

  /**
   * Runs a worker once per item and returns the values in input order; rejects at the first failure.
   *
   * @throws As `run` does, at the first item that fails.
   */
  map<Input, Output>(items: NoInfer<Items<Input>>, worker: WorkerRef<Input, Output>, options?: CpuMapOptions): Promise<Output[]>;

  /**
   * Runs a worker once per item and keeps going when one fails.
   *
   * @returns One outcome per item, in input order: `fulfilled`, `rejected`, or `skipped` when the worker was not called with it.
   * @throws What iterating `items` throws. What a worker throws is an outcome; so is a thread that ends.
   * @throws {TypeError | RangeError} For a wrong option, or a worker that is not declared.
   */
  mapSettled<Input, Output>(
    items: NoInfer<Items<Input>>,
    worker: WorkerRef<Input, Output>,
    options?: CpuMapSettledOptions,
  ): Promise<ParallelResult<Output>>;

  /**
   * As `mapSettled`, but yields each outcome and forgets it. A consumer that leaves the loop stops the run.
   *
   * @throws What iterating `items` throws, or what a promised item rejects with: there is no item to yield.
   * @throws {DeadlineExceededError} At the deadline, or the reason of `options.signal`, if an iterator was left with items unread.
   * @throws {TypeError | RangeError} For a wrong option, or a worker that is not declared.
   */
  stream<Input, Output>(
    items: NoInfer<Items<Input>>,
    worker: WorkerRef<Input, Output>,
    options?: CpuStreamOptions,
  ): AsyncGenerator<StreamOutcome<Input, Output>, void, void>;

  /** What the items of this invocation came to so far. */
  readonly statistics: CpuStatistics;
}

export interface CpuEngine extends Cpu {
  /** Ends every run. Threads are told, and not waited for. */
  stop(): void;
  /** Ends every run, and waits for its threads as long as the deadline's grace allows; those still at it then are replaced. */
  close(): Promise<void>;
}

/** Of the invocation. */
export interface CpuEngineOptions {
  readonly deadline: Deadline;
  readonly logger: WorkerLogger;
  /** Absent where nobody measures. */
  readonly meter?: TaskMeter | undefined;
}

/** Of the execution environment. */
export interface CpuEngineThreads {
  readonly scheduler: ThreadScheduler;
  /** The worker files that may be run, by the `href` of their worker's URL. */
  readonly files: ReadonlyMap<string, string>;
}

/** The CPU engine of one invocation. */
export function createCpuEngine(
  { scheduler, files }: CpuEngineThreads,
  { deadline, logger, meter }: CpuEngineOptions,
): CpuEngine {
  const ledger = new CpuLedger(scheduler.threadCount, meter);
  const registry = new RunRegistry(deadline, ledger);
  const engine: CpuEngineParts = { registry, scheduler, logger };

  function fileOf(call: string, worker: AnyWorkerRef): string {
    registry.assertOpen();
    const file = files.get(worker?.url?.href);
    if (file === undefined) throw undeclaredWorker(call, worker);
    return file;
  }

  const awaited = <Value>(call: Promise<Value>): Promise<Value> => (meter === undefined ? call : meter.awaited(call));

  return {
    statistics: ledger,

    run<Input, Output>(worker: WorkerRef<Input, Output>, input: NoInfer<Input>, options: CpuRunOptions = {}): Promise<Output> {
      // Not `async`: with one promise more, a call would cost a twentieth more.
      try {
        return awaited(cpuRun(engine, fileOf('cpu.run', worker), input, resolveCpuRunOptions(options)));
      } catch (error) {
        return Promise.reject(error);
      }
    },

    async map<Input, Output>(
      items: NoInfer<Items<Input>>,
      worker: WorkerRef<Input, Output>,
      options: CpuMapOptions = {},
    ): Promise<Output[]> {
      const file = fileOf('cpu.map', worker);
      return await awaited(cpuMap(engine, items, file, resolveCpuMapOptions(options)));
    },

    async mapSettled<Input, Output>(
      items: NoInfer<Items<Input>>,
      worker: WorkerRef<Input, Output>,
      options: CpuMapSettledOptions = {},
    ): Promise<ParallelResult<Output>> {
      const file = fileOf('cpu.mapSettled', worker);
      return await awaited(cpuMapSettled(engine, items, file, resolveCpuMapSettledOptions(options)));
    },

    stream<Input, Output>(
      items: NoInfer<Items<Input>>,
      worker: WorkerRef<Input, Output>,
      options: CpuStreamOptions = {},
    ): AsyncGenerator<StreamOutcome<Input, Output>, void, void> {
      const file = fileOf('cpu.stream', worker);
      const outcomes = cpuStream<Input, Output>(engine, new Source(items), file, resolveCpuStreamOptions(options));
      const { next } = outcomes;
      if (meter !== undefined) outcomes.next = () => awaited(next.call(outcomes));
      return outcomes;
    },

    stop: () => registry.stop(),
    close: () => registry.end(),
  };
}
