import { vi } from 'vitest';

/** What CloudWatch takes metrics from. */
export interface EmfDocument {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

/** Keeps what is written to stdout as metrics from now on, until the mocks are restored; the rest goes on its way. */
export function emitted(): EmfDocument[] {
  const documents: EmfDocument[] = [];
  const write = process.stdout.write.bind(process.stdout) as (...args: unknown[]) => boolean;
  vi.spyOn(process.stdout, 'write').mockImplementation((...args: unknown[]) => {
    const [chunk] = args;
    if (typeof chunk !== 'string' || !chunk.includes('"_aws"')) return write(...args);
    documents.push(documentOf(chunk));
    return true;
  });
  return documents;
}

const UNITS = ['Count', 'Milliseconds', 'None', 'Percent'];

/**
 * One log event, checked against
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
function documentOf(line: string): EmfDocument {
  const check = (isValid: boolean, rule: string): void => {
    if (!isValid) throw new Error(`Cannot take this as metrics as ${rule}: ${line}`);
  };
  check(/^[^\n]*\n$/.test(line), 'it must be one line');
  const document = JSON.parse(line) as EmfDocument;
  const { Timestamp: timestamp, CloudWatchMetrics: directives } = document._aws;
  check(Number.isInteger(timestamp) && Math.abs(timestamp - Date.now()) < 60_000, 'Timestamp must be in ms since 1970');
  for (const { Namespace: namespace, Dimensions: dimensions, Metrics: metrics, ...more } of directives) {
    check(namespace.length > 0 && namespace.length <= 255, 'Namespace must have 1 to 255 characters');
    check(dimensions.length > 0, 'Dimensions must have a set');
    check(metrics.length > 0 && metrics.length <= 100, 'Metrics must have 1 to 100 definitions');
    check(Object.keys(more).length === 0, 'a directive must have no other member');
    for (const dimension of dimensions.flat()) check(typeof document[dimension] === 'string', `${dimension} must be a string`);
    for (const { Name: name, Unit: unit, ...rest } of metrics) {
      check(UNITS.includes(unit), `the unit of ${name} must be one of CloudWatch`);
      check(Number.isFinite(document[name]), `${name} must be a number at the root`);
      check(Object.keys(rest).length === 0, 'a definition must have no other member');
    }
  }
  return document;
}

/** The metrics of a document, by name. */
export function valuesOf({ _aws, ...members }: EmfDocument): Record<string, number> {
  const names = _aws.CloudWatchMetrics.flatMap(({ Metrics: metrics }) => metrics.map(({ Name: name }) => name));
  return Object.fromEntries(names.map((name) => [name, members[name] as number]));
}
