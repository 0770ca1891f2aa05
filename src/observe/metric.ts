/** What an invocation is reported by, in this order. */
export type MetricName =
  | 'IoTasksInFlight'
  | 'CpuThreadsBusy'
  | 'TasksFulfilled'
  | 'TasksRejected'
  | 'TasksSkipped'
  | 'Throttles'
  | 'TaskTimeP50'
  | 'TaskTimeP95'
  | 'QueueWaitP50'
  | 'QueueWaitP95'
  | 'Speedup'
  | 'CpuUtilization';

/** CloudWatch's: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
export type MetricUnit = 'Count' | 'Milliseconds' | 'None' | 'Percent';

export interface Metric {
  readonly name: MetricName;
  readonly unit: MetricUnit;
  readonly value: number;
}

/**
 * Where the metrics of an invocation go: your own `Metrics` of `@aws-lambda-powertools/metrics`, or anything with its methods. Their
 * namespace and dimensions are those that you gave it.
 */
export interface MetricsSink {
  addMetric(name: MetricName, unit: MetricUnit, value: number): unknown;
  /** Called after the last metric, unless Powertools' `logMetrics` does. Without it, what was added is left to you. */
  publishStoredMetrics?(): unknown;
}
