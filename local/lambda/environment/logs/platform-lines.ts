import type { EnvironmentSettings } from '../environment-settings.ts';
import { timeoutText } from '../function-error.ts';
import type { InvocationReport } from '../invocation.ts';
import { initializationType } from '../process-variables.ts';

/** How an invocation or an init phase ended, in the platform's words. A handled error is a handler that threw: text lines do not tell it. */
export type PlatformStatus =
  | { readonly status: 'success' }
  | { readonly status: 'timeout' }
  | { readonly status: 'error'; readonly errorType: string; readonly isHandled: boolean };

interface InitReport {
  readonly initMs: number;
  readonly phase: 'init' | 'invoke';
  readonly ended: PlatformStatus;
}

/** The lines that Lambda itself writes into a function's log. */
export interface PlatformLines {
  start(requestId: string): string[];
  initReport(report: InitReport): string[];
  /** @param timeoutMs - The function's own. */
  timedOut(requestId: string, timeoutMs: number): string[];
  exited(errorMessage: string): string[];
  end(requestId: string, report: InvocationReport, ended: PlatformStatus): string[];
}

/** Lines as `LogFormat` wants them. JSON has no line for the end alone. */
export function platformLines(settings: EnvironmentSettings): PlatformLines {
  return settings.logFormat === 'JSON' ? jsonLines(settings) : textLines(settings);
}

function textLines({ version }: EnvironmentSettings): PlatformLines {
  return {
    start: (requestId) => [`START RequestId: ${requestId} Version: ${version}`],
    initReport: ({ initMs, phase, ended }) => [
      [`INIT_REPORT Init Duration: ${initMs.toFixed(2)} ms`, `Phase: ${phase}`, ...statusFields(ended)].join('\t'),
    ],
    timedOut: (requestId, timeoutMs) => [`${new Date().toISOString()} ${requestId} ${timeoutText(timeoutMs)}`],
    exited: (errorMessage) => [errorMessage, 'Runtime.ExitError'],
    end: (requestId, report, ended) => [`END RequestId: ${requestId}`, reportLine(requestId, report, ended)],
  };
}

function reportLine(requestId: string, report: InvocationReport, ended: PlatformStatus): string {
  const { durationMs, billedMs, memoryMb, maxMemoryUsedMb, initMs } = report;
  return [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${billedMs} ms`,
    `Memory Size: ${memoryMb} MB`,
    `Max Memory Used: ${maxMemoryUsedMb} MB`,
    ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
    ...statusFields(ended),
  ].join('\t');
}

function statusFields(ended: PlatformStatus): string[] {
  if (ended.status === 'timeout') return ['Status: timeout'];
  return ended.status === 'error' && !ended.isHandled ? ['Status: error', `Error Type: ${ended.errorType}`] : [];
}

/** https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html */
function jsonLines(settings: EnvironmentSettings): PlatformLines {
  const line = (type: string, record: object): string => JSON.stringify({ time: new Date().toISOString(), type, record });
  return {
    start: (requestId) => [line('platform.start', { requestId, version: settings.version })],
    initReport: ({ initMs, phase, ended }) => [
      line('platform.initReport', {
        initializationType: initializationType(settings),
        phase,
        ...jsonStatus(ended),
        metrics: { durationMs: hundredths(initMs) },
      }),
    ],
    timedOut: () => [],
    exited: () => [],
    end: (requestId, { durationMs, billedMs, memoryMb, maxMemoryUsedMb, initMs }, ended) => [
      line('platform.report', {
        requestId,
        metrics: {
          durationMs: hundredths(durationMs),
          billedDurationMs: billedMs,
          memorySizeMB: memoryMb,
          maxMemoryUsedMB: maxMemoryUsedMb,
          ...(initMs === undefined ? {} : { initDurationMs: hundredths(initMs) }),
        },
        ...jsonStatus(ended),
      }),
    ],
  };
}

function jsonStatus(ended: PlatformStatus): { status: string; errorType?: string } {
  return ended.status === 'error' ? { status: 'error', errorType: ended.errorType } : { status: ended.status };
}

function hundredths(ms: number): number {
  return Number(ms.toFixed(2));
}
