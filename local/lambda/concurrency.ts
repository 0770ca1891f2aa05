import { invalidParameter } from './errors.ts';
import {
  functionOf,
  functionsIn,
  type LambdaCall,
  type LambdaState,
  latestArn,
  referenceOf,
  wholeFunctionOf,
} from './lambda-call.ts';
import { integerMember } from './members.ts';
import { readMembers } from './read-members.ts';
import { respond, respondJson } from './respond.ts';

export async function putFunctionConcurrency(state: LambdaState, lambdaCall: LambdaCall): Promise<void> {
  const members = await readMembers(state, lambdaCall, ['ReservedConcurrentExecutions']);
  const reference = referenceOf(state, lambdaCall);
  if (reference.qualifier === undefined) functionOf(state, lambdaCall, reference, latestArn(state, lambdaCall, reference));
  const { name } = wholeFunctionOf(state, lambdaCall);
  const concurrency = integerMember(members.ReservedConcurrentExecutions, 'reservedConcurrentExecutions', {
    min: 0,
    max: Number.POSITIVE_INFINITY,
  });
  reserveConcurrency(state, name, concurrency);
  respondJson(lambdaCall.call, 200, { ReservedConcurrentExecutions: concurrency });
}

/** @throws {ServiceError} `InvalidParameterValueException` if too little is left for all other functions. */
export function reserveConcurrency({ concurrency: limit, limits }: LambdaState, name: string, concurrency: number): void {
  const left = limit.unreserved + (limit.reserved(name) ?? 0) - concurrency;
  if (left < limits.minUnreservedConcurrency && concurrency > 0)
    throw invalidParameter(
      `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${limits.minUnreservedConcurrency}].`,
    );
  limit.reserve(name, concurrency);
}

export function getFunctionConcurrency(state: LambdaState, lambdaCall: LambdaCall): void {
  const { name } = wholeFunctionOf(state, lambdaCall);
  // Without any it is an empty object: JSON has no undefined.
  respondJson(lambdaCall.call, 200, { ReservedConcurrentExecutions: state.concurrency.reserved(name) });
}

export function deleteFunctionConcurrency(state: LambdaState, lambdaCall: LambdaCall): void {
  const { name } = wholeFunctionOf(state, lambdaCall);
  state.concurrency.reserve(name, undefined);
  respond(lambdaCall.call, 204);
}

export async function getAccountSettings(state: LambdaState, { call }: LambdaCall): Promise<void> {
  const functions = functionsIn(state, call.region);
  const digests = await Promise.all(
    functions.flatMap(({ versions }) => versions).map(({ configuration }) => configuration.code.digest()),
  );
  respondJson(call, 200, {
    AccountLimit: {
      TotalCodeSize: 80_530_636_800,
      CodeSizeUnzipped: 262_144_000,
      CodeSizeZipped: 52_428_800,
      ConcurrentExecutions: state.limits.accountConcurrency,
      UnreservedConcurrentExecutions: state.concurrency.unreserved,
    },
    AccountUsage: {
      TotalCodeSize: digests.reduce((total, { sizeBytes }) => total + sizeBytes, 0),
      FunctionCount: functions.length,
    },
  });
}
