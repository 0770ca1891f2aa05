import { MAX_RESPONSE_BYTES } from './posted-answer.ts';

/** How a runtime process ended. */
export type ProcessEnd =
  | { readonly how: 'exit'; readonly code: number }
  | { readonly how: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly how: 'not started'; readonly reason: string };

/** What Lambda itself answers in place of a function. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
}

export function timedOut(requestId: string, timeoutMs: number): FunctionError {
  return { errorType: 'Sandbox.Timedout', errorMessage: `RequestId: ${requestId} Error: ${timeoutText(timeoutMs)}` };
}

export function timeoutText(timeoutMs: number): string {
  return `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
}

export function exited(requestId: string, end: ProcessEnd): FunctionError {
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${endText(end)}` };
}

export function responseTooLarge(): FunctionError {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
  };
}

/** Of the payload that a runtime posted. */
export function errorTypeOf(payload: string): string {
  try {
    const { errorType } = JSON.parse(payload) as Partial<FunctionError>;
    return typeof errorType === 'string' && errorType !== '' ? errorType : 'Runtime.Unknown';
  } catch {
    return 'Runtime.Unknown';
  }
}

function endText(end: ProcessEnd): string {
  switch (end.how) {
    case 'exit':
      return end.code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${end.code}`;
    case 'signal':
      return `Runtime exited with error: signal: ${SIGNAL_TEXTS[end.signal] ?? end.signal}`;
    case 'not started':
      return `Cannot start the runtime: ${end.reason}`;
  }
}

/** Lambda's supervisor is written in Go, whose words these are. */
const SIGNAL_TEXTS: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGHUP: 'hangup',
  SIGILL: 'illegal instruction',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
  SIGTRAP: 'trace/breakpoint trap',
};
