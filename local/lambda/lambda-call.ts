import type { ServiceCall } from '../endpoint/service.ts';
import type { AsyncQueue } from './async-queue.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import { functionNotFound, invalidParameter } from './errors.ts';
import { type Account, type FunctionReference, functionArn, parseReference } from './function-reference.ts';
import type { LambdaFunction } from './lambda-function.ts';
import type { ResolvedLimits } from './limits.ts';

/** All that one embedded Lambda holds. */
export interface LambdaState {
  readonly account: Account;
  readonly limits: ResolvedLimits;
  /** By name. */
  readonly functions: Map<string, LambdaFunction>;
  readonly concurrency: ConcurrencyLimit;
  readonly queue: AsyncQueue;
  /** In milliseconds, as `Date.now`. */
  readonly now: () => number;
}

/** A request with what its path names, decoded; empty where it names nothing. */
export interface LambdaCall {
  readonly call: ServiceCall;
  readonly operation: string;
  /** In any of the forms that Lambda takes. */
  readonly functionName: string;
  /** What a longer path names below the function: an alias. */
  readonly name: string;
}

export type LambdaHandler = (state: LambdaState, call: LambdaCall) => void | Promise<void>;

/** @throws {ServiceError} As {@link parseReference}. */
export function referenceOf(state: LambdaState, { call, functionName }: LambdaCall): FunctionReference {
  const qualifier = call.query.get('Qualifier') ?? undefined;
  return parseReference({ ...state.account, region: call.region }, functionName, qualifier);
}

/**
 * @param notFoundArn - Which of its ARNs Lambda says it has not found.
 * @throws {ServiceError} `ResourceNotFoundException`
 */
export function functionOf(
  { account, functions }: LambdaState,
  { call }: LambdaCall,
  { functionName, arn }: FunctionReference,
  notFoundArn = arn,
): LambdaFunction {
  // Other regions have their own endpoints in AWS; here they are the same account, seen where it has nothing.
  const found = call.region === account.region ? functions.get(functionName) : undefined;
  if (found === undefined) throw functionNotFound(notFoundArn);
  return found;
}

/**
 * The function of an operation that knows no versions.
 *
 * @throws {ServiceError} `InvalidParameterValueException` for a qualified name, `ResourceNotFoundException`
 */
export function wholeFunctionOf(state: LambdaState, lambdaCall: LambdaCall): LambdaFunction {
  const reference = referenceOf(state, lambdaCall);
  if (reference.qualifier !== undefined)
    throw invalidParameter(
      'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
    );
  return functionOf(state, lambdaCall, reference);
}

/** Functions of the call's region, by name. */
export function functionsIn({ account, functions }: LambdaState, region: string): readonly LambdaFunction[] {
  if (region !== account.region) return [];
  return [...functions.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The ARN in what Invoke and PutFunctionConcurrency answer where there is no such function. */
export function latestArn(
  { account }: LambdaState,
  { call }: LambdaCall,
  { functionName, qualifier }: FunctionReference,
): string {
  return functionArn({ ...account, region: call.region }, functionName, qualifier ?? '$LATEST');
}
