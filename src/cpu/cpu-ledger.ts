import { TaskLedger, type TaskStatistics } from '../run/task-ledger.ts';
import type { TaskMeter } from '../run/task-meter.ts';

/**
 * What an invocation's CPU tasks came to so far. `runningCount` counts chunks, of which one per thread may be next in line, and
 * `peakRunningCount` threads.
 */
export interface CpuStatistics extends TaskStatistics {
  /** Worker threads of the execution environment; 0 where no worker is declared. */
  readonly threadCount: number;
  /** Chunks that threads were handed. */
  readonly chunkCount: number;
  /** What workers took, summed over the threads, in ms. */
  readonly busyMs: number;
}

export class CpuLedger extends TaskLedger implements CpuStatistics {
  readonly threadCount: number;
  chunkCount = 0;
  busyMs = 0;

  constructor(threadCount: number, meter?: TaskMeter) {
    super(meter);
    this.threadCount = threadCount;
  }

  override started(): void {
    super.started();
    this.peakRunningCount = Math.min(this.peakRunningCount, this.threadCount);
    this.meter?.chunkStarted();
  }

  override ended(): void {
    this.meter?.chunkEnded();
    super.ended();
  }
}
