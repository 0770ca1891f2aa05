import type { Metric } from './metric.ts';

/** Where CloudWatch files the metrics of `metrics: 'log'`. */
const NAMESPACE = 'lambda-parallel';

export interface EmfSubject {
  /** Absent outside Lambda: then the metrics have no dimension. */
  readonly functionName: string | undefined;
  readonly requestId: string | undefined;
}

/**
 * One log event from which CloudWatch takes the metrics:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * The request id is a property, not a dimension: each value of a dimension makes a metric of its own, to be paid for.
 */
export function emfLine(metrics: readonly Metric[], { functionName, requestId }: EmfSubject): string {
  const directive = {
    Namespace: NAMESPACE,
    Dimensions: [functionName === undefined ? [] : ['FunctionName']],
    Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
  };
  return JSON.stringify({
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] },
    FunctionName: functionName,
    requestId,
    ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
  });
}
