import { ServiceError } from '../endpoint/service.ts';
import type { InvocationResult } from './environment/invocation.ts';
import type { FunctionReference } from './function-reference.ts';
import type { FunctionVersion } from './function-version.ts';
import { type InvokeHeaders, readEvent, readInvokeHeaders } from './invoke-request.ts';
import { functionOf, type LambdaCall, type LambdaState, latestArn, referenceOf } from './lambda-call.ts';
import { respond } from './respond.ts';

export async function invoke(state: LambdaState, lambdaCall: LambdaCall): Promise<void> {
  const { call } = lambdaCall;
  const headers = readInvokeHeaders(call.request);
  const reference = referenceOf(state, lambdaCall);
  // Before megabytes are read for a function that is not there.
  resolve(state, lambdaCall, reference);
  const payload = await readEvent(call.request, headers.type, state.limits);
  const trace = { 'x-amzn-trace-id': headers.traceId };
  if (headers.type === 'DryRun') return respond(call, 204, '', trace);
  if (headers.type === 'Event') {
    const queuedAtMs = state.now();
    state.queue.add({ reference, requestId: call.requestId, payload, traceId: headers.traceId, queuedAtMs });
    return respond(call, 202, '', trace);
  }
  await invokeNow(state, lambdaCall, reference, headers, payload);
}

async function invokeNow(
  state: LambdaState,
  lambdaCall: LambdaCall,
  reference: FunctionReference,
  { isTailWanted, clientContext, traceId }: InvokeHeaders,
  payload: string,
): Promise<void> {
  const { call } = lambdaCall;
  // The function may have changed, or gone, while the event was read.
  const { name, version } = resolve(state, lambdaCall, reference);
  const reason = state.concurrency.tryEnter(name);
  if (reason !== undefined)
    throw new ServiceError(429, 'TooManyRequestsException', 'Rate Exceeded.', { details: { Reason: reason } });
  let result: InvocationResult;
  try {
    const { arn: invokedFunctionArn } = reference;
    result = await version.fleet.invoke({ requestId: call.requestId, payload, invokedFunctionArn, traceId, clientContext });
  } finally {
    state.concurrency.leave(name);
  }
  respond(call, 200, result.payload, {
    'x-amzn-trace-id': traceId,
    'x-amz-executed-version': version.version,
    ...(result.isFunctionError ? { 'x-amz-function-error': 'Unhandled' } : {}),
    ...(isTailWanted ? { 'x-amz-log-result': Buffer.from(result.logTail).toString('base64') } : {}),
  });
}

function resolve(
  state: LambdaState,
  lambdaCall: LambdaCall,
  reference: FunctionReference,
): { readonly name: string; readonly version: FunctionVersion } {
  const found = functionOf(state, lambdaCall, reference, latestArn(state, lambdaCall, reference));
  return { name: found.name, version: found.resolve(reference.qualifier) };
}
