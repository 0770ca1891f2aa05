import type { Invocation } from './invocation.ts';

/** What the Runtime API says of an invocation beside its event. */
export function invocationHeaders(invocation: Invocation, deadlineMs: number): Record<string, string> {
  const { requestId, invokedFunctionArn, traceId, clientContext } = invocation;
  return {
    'lambda-runtime-aws-request-id': requestId,
    'lambda-runtime-deadline-ms': `${Math.round(deadlineMs)}`,
    'lambda-runtime-invoked-function-arn': invokedFunctionArn,
    'lambda-runtime-trace-id': traceId,
    ...(clientContext === undefined ? {} : { 'lambda-runtime-client-context': asHeader(clientContext) }),
  };
}

/** JSON in a header: UTF-8 byte by byte, and on one line, which JSON allows wherever it has line ends. */
function asHeader(json: string): string {
  return Buffer.from(json.replace(/[\t\r\n]/g, ' ')).toString('latin1');
}
