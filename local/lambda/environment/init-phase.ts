import { errorTypeOf } from './function-error.ts';
import type { PlatformLines, PlatformStatus } from './logs/platform-lines.ts';
import { failedToInitialise, type Outcome, overTime, processEnded } from './outcome.ts';
import type { InitOutcome } from './runtime.ts';

/** What came of starting a runtime. */
export interface InitPhase {
  readonly initMs: number;
  readonly outcome: InitOutcome | { readonly is: 'timeout' };
}

export type InitFailure = Exclude<InitPhase['outcome'], { is: 'ready' }>;

/** What the invocation that had to wait for it is told. */
export function outcomeOf(failure: InitFailure, requestId: string, timeoutMs: number, lines: PlatformLines): Outcome {
  switch (failure.is) {
    case 'failed':
      return failedToInitialise(failure.payload);
    case 'ended':
      return processEnded(requestId, failure.end, lines);
    case 'timeout':
      return overTime(requestId, timeoutMs, lines);
  }
}

export function statusOf(failure: InitFailure): PlatformStatus {
  if (failure.is === 'timeout') return { status: 'timeout' };
  const errorType = failure.is === 'failed' ? errorTypeOf(failure.payload) : 'Runtime.ExitError';
  return { status: 'error', errorType, isHandled: false };
}
