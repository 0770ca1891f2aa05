import { errorTypeOf, exited, type FunctionError, type ProcessEnd, responseTooLarge, timedOut } from './function-error.ts';
import type { PlatformLines, PlatformStatus } from './logs/platform-lines.ts';
import type { PostedAnswer } from './posted-answer.ts';

/** How an invocation ended. */
export interface Outcome {
  /** JSON. */
  readonly payload: string;
  readonly isFunctionError: boolean;
  readonly ended: PlatformStatus;
  /** What the platform logs about it, beside the end and the report. */
  readonly lines: readonly string[];
}

export function answered({ payload, isError, isTooLarge }: PostedAnswer): Outcome {
  if (isTooLarge) return platformError(responseTooLarge(), []);
  if (!isError) return { payload, isFunctionError: false, ended: { status: 'success' }, lines: [] };
  const ended: PlatformStatus = { status: 'error', errorType: errorTypeOf(payload), isHandled: true };
  return { payload, isFunctionError: true, ended, lines: [] };
}

export function failedToInitialise(payload: string): Outcome {
  const ended: PlatformStatus = { status: 'error', errorType: errorTypeOf(payload), isHandled: false };
  return { payload, isFunctionError: true, ended, lines: [] };
}

export function processEnded(requestId: string, end: ProcessEnd, lines: PlatformLines): Outcome {
  const error = exited(requestId, end);
  return platformError(error, lines.exited(error.errorMessage));
}

export function overTime(requestId: string, timeoutMs: number, lines: PlatformLines): Outcome {
  const payload = JSON.stringify(timedOut(requestId, timeoutMs));
  return { payload, isFunctionError: true, ended: { status: 'timeout' }, lines: lines.timedOut(requestId, timeoutMs) };
}

function platformError(error: FunctionError, lines: readonly string[]): Outcome {
  const ended: PlatformStatus = { status: 'error', errorType: error.errorType, isHandled: false };
  return { payload: JSON.stringify(error), isFunctionError: true, ended, lines };
}
