import type { Capacity } from '../capacity/capacity.ts';
import { isPromiseLike } from '../run/is-promise-like.ts';
import type { TaskStatistics } from '../run/task-ledger.ts';
import { measureCpuUtilization } from './cpu-utilization.ts';
import { type EmfSubject, emfLine } from './emf-line.ts';
import { InvocationMeter } from './invocation-meter.ts';
import { invocationMetrics } from './invocation-metrics.ts';
import type { Metric, MetricsSink } from './metric.ts';

export interface InvocationReportParts extends EmfSubject {
  readonly metrics: MetricsSink | 'log';
  readonly capacity: Capacity;
  /** Whether somebody else publishes what is added to the sink. */
  readonly isPublishedElsewhere: boolean;
  /** Told of what goes wrong, once. */
  readonly warn: (message: string, cause: unknown) => void;
}

/** The metrics of one invocation: measured from the beginning, written once, at the end. */
export class InvocationReport {
  readonly meter: InvocationMeter = new InvocationMeter();
  readonly #parts: InvocationReportParts;
  readonly #cpuUtilization: () => number | undefined;
  #isWritten = false;
  #hasWarned = false;

  constructor(parts: InvocationReportParts) {
    this.#parts = parts;
    this.#cpuUtilization = measureCpuUtilization(parts.capacity);
  }

  /** Never throws: a metric is not worth the invocation's result. Called again, it writes nothing. */
  write(statistics: { readonly io: TaskStatistics; readonly cpu: TaskStatistics }): void {
    if (this.#isWritten) return;
    this.#isWritten = true;
    try {
      const metrics = invocationMetrics({ ...statistics, meter: this.meter, cpuUtilization: this.#cpuUtilization() });
      const { metrics: sink } = this.#parts;
      // The runtime wraps what `console` and loggers are given, and CloudWatch looks for metrics at the root of a log event only.
      if (sink === 'log') process.stdout.write(`${emfLine(metrics, this.#parts)}\n`);
      else this.#add(metrics, sink);
    } catch (error) {
      this.#warn(error);
    }
  }

  #add(metrics: readonly Metric[], sink: MetricsSink): void {
    for (const { name, unit, value } of metrics) this.#watch(sink.addMetric(name, unit, value));
    if (!this.#parts.isPublishedElsewhere) this.#watch(sink.publishStoredMetrics?.());
  }

  /** Powertools answers at once; a sink that promises must not end the process as an unhandled rejection. */
  #watch(answer: unknown): void {
    if (isPromiseLike(answer)) answer.then(undefined, (error: unknown) => this.#warn(error));
  }

  #warn(cause: unknown): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    try {
      this.#parts.warn('Cannot write the metrics of this invocation; its result is not affected', cause);
    } catch {}
  }
}
