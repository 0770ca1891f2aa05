import type { Capacity } from '../capacity/capacity.ts';
import type { Cpu } from '../cpu/cpu.ts';
import type { CpuStatistics } from '../cpu/cpu-ledger.ts';
import { createNoCpu } from '../cpu/no-cpu.ts';
import { Deadline, type RemainingTime } from '../deadline/deadline.ts';
import { DeadlineExceededError, InvocationEndedError } from '../errors.ts';
import { createIoEngine, type Io } from '../io/io.ts';
import { InvocationReport } from '../observe/invocation-report.ts';
import type { TaskStatistics } from '../run/task-ledger.ts';
import type { Environment } from './environment.ts';

/** One invocation's share of the execution environment: its engines, its deadline, its figures. */
export interface ParallelRuntime extends Disposable, AsyncDisposable {
  /** Runs tasks that wait. */
  readonly io: Io;
  /** Runs workers that compute, in threads. */
  readonly cpu: Cpu;
  /** What this execution environment has: memory, vCPUs, Managed Instances. */
  readonly capacity: Capacity;
  /** Aborts at the deadline and at the end of the invocation, whichever comes first. */
  readonly signal: AbortSignal;
  /** Time until the deadline, in ms; `Infinity` where there is none. */
  readonly remainingMs: number;
  readonly statistics: { readonly io: TaskStatistics; readonly cpu: CpuStatistics };
}

/** What is known of the invocation itself. */
export interface Invocation {
  readonly requestId?: string | undefined;
  /** Whether somebody else publishes what is added to the user's metrics. */
  readonly areMetricsPublished?: boolean | undefined;
}

/** Everything here lives for one event; nothing of it is kept in module scope. */
export function createRuntime(
  environment: Environment,
  remainingTime: RemainingTime | undefined,
  invocation: Invocation = {},
): ParallelRuntime {
  const { capacity, concurrency, deadlineMarginMs, threads, logger } = environment;
  const deadline = new Deadline(remainingTime, deadlineMarginMs);
  const report = openReport(environment, invocation);
  const meter = report?.meter;
  const io = createIoEngine({ deadline, concurrency, meter });
  const cpu = threads?.createEngine({ deadline, logger, meter }) ?? createNoCpu();
  const statistics = { io: io.statistics, cpu: cpu.statistics };
  const ending = new AbortController();
  let unlisten: (() => void) | undefined;

  function endAtDeadline(): void {
    ending.abort(new DeadlineExceededError(deadlineMarginMs));
  }

  function end(): void {
    unlisten?.();
    ending.abort(new InvocationEndedError());
  }

  return {
    io,
    cpu,
    capacity,
    statistics,
    get signal() {
      // Listens from the first use on: an invocation that never asks holds no timer.
      if (deadline.hasExpired) endAtDeadline();
      else if (!ending.signal.aborted) unlisten ??= deadline.listen(endAtDeadline, { isAwaited: false });
      return ending.signal;
    },
    get remainingMs() {
      return deadline.remainingMs;
    },
    [Symbol.dispose]() {
      end();
      io.stop();
      cpu.stop();
      report?.write(statistics);
      void threads?.release();
    },
    async [Symbol.asyncDispose]() {
      end();
      await Promise.all([io.close(), cpu.close()]);
      report?.write(statistics);
      await threads?.release();
    },
  };
}

/** Where metrics are asked for. */
function openReport(
  { metrics, capacity, functionName, logger }: Environment,
  { requestId, areMetricsPublished = false }: Invocation,
): InvocationReport | undefined {
  if (metrics === undefined) return undefined;
  const warn = logger.warn.bind(logger) as (message: string, cause: unknown) => void;
  return new InvocationReport({
    metrics,
    capacity,
    functionName,
    requestId,
    isPublishedElsewhere: areMetricsPublished,
    warn,
  });
}
