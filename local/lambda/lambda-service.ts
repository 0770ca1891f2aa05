import { randomUUID } from 'node:crypto';
import type { Service } from '../endpoint/service.ts';
import { AsyncQueue, type DropReason } from './async-queue.ts';
import { CodeFolder } from './code-folder.ts';
import { reserveConcurrency } from './concurrency.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { type Configuration, configurationOf, type DeployedFunction } from './configuration.ts';
import { functionNotFound } from './errors.ts';
import { Fleets, type OpenFleet } from './fleets.ts';
import { type Account, parseReference } from './function-reference.ts';
import { newRevisionId } from './function-version.ts';
import { checkJson, newTraceId, tooLarge } from './invoke-request.ts';
import type { LambdaState } from './lambda-call.ts';
import { LambdaFunction } from './lambda-function.ts';
import { type LambdaLimits, resolveLimits } from './limits.ts';
import { handlerOf, operationOf } from './operations.ts';
import { respondError } from './respond.ts';
import { publishIfChanged } from './versions.ts';

export interface LambdaOptions {
  readonly functions: readonly DeployedFunction[];
  readonly account: Account;
  /** For each version of a function that is invoked. */
  readonly openFleet: OpenFleet;
  /** Where functions find the embedded AWS. Asked for when a fleet is opened: the endpoint listens after its services were made. */
  readonly endpointUrl: () => string;
  /** @defaultValue those of Lambda */
  readonly limits?: LambdaLimits;
  /** Told of an asynchronous event that is given up, with the `cause` if an environment failed. @defaultValue nobody is */
  readonly onDropped?: (functionName: string, requestId: string, reason: DropReason, cause?: unknown) => void;
  /** In milliseconds. @defaultValue Date.now */
  readonly now?: () => number;
}

export interface LambdaService extends Service, AsyncDisposable {
  /** Those that have not been deleted. */
  readonly functionNames: readonly string[];
  /**
   * Invokes as with the invocation type Event: for what starts functions inside AWS, such as a new object.
   *
   * @param functionName - In any form that Invoke takes, with or without a qualifier.
   * @param payload - JSON.
   * @throws {ServiceError} That Invoke would answer, for a function that is not there or a payload that is none.
   */
  invokeAsync(functionName: string, payload: string): void;
  /**
   * Gives `$LATEST` the code of a new build; environments of the old one end. An alias of `AutoPublishAlias` moves to a new version, as
   * `sam deploy` does it, if the code has changed.
   *
   * @param taskRoot - A folder of its own, if published versions are to keep their code.
   * @param found - What the build found out, where none had succeeded before.
   * @throws {ServiceError} `ResourceNotFoundException`
   */
  replaceCode(
    functionName: string,
    taskRoot: string,
    found?: Partial<Pick<Configuration, 'handler' | 'layerFolders'>>,
  ): Promise<void>;
  /** Ends all environments; what waits to be invoked is forgotten. Calling it again changes nothing. */
  close(): Promise<void>;
}

/**
 * The Lambda API over the functions of a template, each version with execution environments of its own.
 *
 * @throws {ServiceError} If the reserved concurrency of all functions leaves too little, as a deployment would.
 */
export function createLambdaService({
  functions: deployed,
  account,
  openFleet,
  endpointUrl,
  limits: givenLimits,
  onDropped,
  now = Date.now,
}: LambdaOptions): LambdaService {
  const limits = resolveLimits(givenLimits);
  const fleets = new Fleets(openFleet);
  const functions = new Map<string, LambdaFunction>();
  const concurrency = new ConcurrencyLimit(limits.accountConcurrency);
  const queue = new AsyncQueue({
    functions,
    concurrency,
    limits,
    now,
    onDropped: ({ reference, requestId }, reason, cause) => onDropped?.(reference.functionName, requestId, reason, cause),
  });
  const state: LambdaState = { account, limits, functions, concurrency, queue, now };
  const publishedAliases = new Map<string, string>();

  for (const each of deployed) {
    const { functionName, reservedConcurrency, aliasName, eventInvoke } = each.model;
    const surroundings = { account, endpointUrl, fleets, now, updateMs: limits.updateMs };
    const added = new LambdaFunction({ name: functionName, eventInvoke, configuration: configurationOf(each) }, surroundings);
    functions.set(functionName, added);
    if (reservedConcurrency !== undefined) reserveAtStart(state, functionName, reservedConcurrency);
    if (aliasName !== undefined) {
      publishedAliases.set(functionName, aliasName);
      pointAlias(added, aliasName, added.publish().version);
    }
  }

  const close = async (): Promise<void> => {
    queue.close();
    await fleets.close();
  };
  return {
    name: 'lambda',
    throttled: { status: 429, code: 'TooManyRequestsException', message: 'Rate exceeded' },
    identify(call) {
      const lambdaCall = operationOf(call);
      return { name: lambdaCall.operation, run: () => handlerOf(lambdaCall.operation)(state, lambdaCall) };
    },
    fail: respondError,
    get functionNames() {
      return [...functions.keys()];
    },
    invokeAsync(functionName, payload) {
      const reference = parseReference(account, functionName);
      const found = functions.get(reference.functionName);
      if (found === undefined) throw functionNotFound(reference.arn);
      found.resolve(reference.qualifier);
      const byteCount = Buffer.byteLength(payload);
      if (byteCount > limits.maxAsyncPayloadBytes) throw tooLarge(byteCount, 'Event', limits.maxAsyncPayloadBytes);
      checkJson(payload);
      queue.add({ reference, requestId: randomUUID(), payload, traceId: newTraceId(), queuedAtMs: now() });
    },
    async replaceCode(functionName, taskRoot, found = {}) {
      const lambdaFunction = functions.get(functionName);
      if (lambdaFunction === undefined) throw functionNotFound(parseReference(account, functionName).arn);
      lambdaFunction.update({ ...lambdaFunction.latest.configuration, ...found, code: new CodeFolder(taskRoot) });
      const aliasName = publishedAliases.get(functionName);
      if (aliasName === undefined) return;
      const { lastPublished } = lambdaFunction;
      const published = await publishIfChanged(lambdaFunction);
      if (published !== lastPublished) pointAlias(lambdaFunction, aliasName, published.version);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function pointAlias({ aliases }: LambdaFunction, name: string, version: string): void {
  aliases.set(name, { name, description: '', version, additional: undefined, revisionId: newRevisionId() });
}

/** As a deployment would be refused. */
function reserveAtStart(state: LambdaState, functionName: string, reservedConcurrency: number): void {
  try {
    reserveConcurrency(state, functionName, reservedConcurrency);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(
      `Cannot give ${functionName} a reserved concurrency of ${reservedConcurrency}: ${why} Lower its ReservedConcurrentExecutions in the template`,
      { cause },
    );
  }
}
