import type { TaskStatistics } from '../run/task-ledger.ts';
import type { InvocationMeter } from './invocation-meter.ts';
import type { Metric, MetricName, MetricUnit } from './metric.ts';

/** What both engines came to, and what was measured. */
export interface InvocationFigures {
  readonly io: TaskStatistics;
  readonly cpu: TaskStatistics;
  readonly meter: InvocationMeter;
  readonly cpuUtilization: number | undefined;
}

/** Counts are always there, 0 included; of what was not measured there is no metric, since a 0 would be averaged in. */
export function invocationMetrics({ io, cpu, meter, cpuUtilization }: InvocationFigures): Metric[] {
  const { taskTimes, queueWaits } = meter;
  const metrics: Metric[] = [];
  const add = (name: MetricName, unit: MetricUnit, value: number | undefined): void => {
    // Microseconds, and no digits beyond.
    if (value !== undefined) metrics.push({ name, unit, value: Math.round(value * 1000) / 1000 });
  };
  add('IoTasksInFlight', 'Count', io.peakRunningCount);
  add('CpuThreadsBusy', 'Count', cpu.peakRunningCount);
  add('TasksFulfilled', 'Count', io.fulfilledCount + cpu.fulfilledCount);
  add('TasksRejected', 'Count', io.rejectedCount + cpu.rejectedCount);
  add('TasksSkipped', 'Count', io.skippedCount + cpu.skippedCount);
  add('Throttles', 'Count', meter.throttleCount);
  if (!taskTimes.isEmpty) {
    add('TaskTimeP50', 'Milliseconds', taskTimes.percentile(50));
    add('TaskTimeP95', 'Milliseconds', taskTimes.percentile(95));
  }
  if (!queueWaits.isEmpty) {
    add('QueueWaitP50', 'Milliseconds', queueWaits.percentile(50));
    add('QueueWaitP95', 'Milliseconds', queueWaits.percentile(95));
  }
  add('Speedup', 'None', meter.speedup);
  add('CpuUtilization', 'Percent', cpuUtilization);
  return metrics;
}
