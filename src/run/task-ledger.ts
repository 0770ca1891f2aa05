import type { TaskMeter } from './task-meter.ts';

/** What an invocation's tasks came to so far, in one engine. */
export interface TaskStatistics {
  readonly fulfilledCount: number;
  readonly rejectedCount: number;
  /** Items of `mapSettled` and `stream` whose task was never called. A `map` that stops has no outcomes. */
  readonly skippedCount: number;
  /** Tasks running now, those included whose outcome was given before they ended. */
  readonly runningCount: number;
  /** The most tasks that ran at once. */
  readonly peakRunningCount: number;
}

/** Counts the tasks of one invocation, over all its runs, and tells when the last one has really ended. */
export class TaskLedger implements TaskStatistics {
  fulfilledCount = 0;
  rejectedCount = 0;
  skippedCount = 0;
  runningCount = 0;
  peakRunningCount = 0;
  /** Absent where nobody measures. */
  readonly meter: TaskMeter | undefined;
  #onIdle: (() => void) | undefined;

  constructor(meter?: TaskMeter) {
    this.meter = meter;
  }

  started(): void {
    this.runningCount += 1;
    if (this.runningCount > this.peakRunningCount) this.peakRunningCount = this.runningCount;
  }

  ended(): void {
    this.runningCount -= 1;
    if (this.runningCount === 0) this.#onIdle?.();
  }

  /** Waits until no task runs any more, at most `timeoutMs`. */
  async idle(timeoutMs: number): Promise<void> {
    if (this.runningCount === 0 || timeoutMs <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#onIdle = undefined;
  }
}
