import { rm } from 'node:fs/promises';
import type { BuildError } from '../build/build-error.ts';
import { buildFunctions, watchFunctions } from '../build/build-functions.ts';
import type { BuildOutcome } from '../build/build-outcome.ts';
import { unlessAborted } from '../command-line/stop-signal.ts';
import type { Ec2Options } from '../ec2/ec2-service.ts';
import type { ServiceName } from '../endpoint/service.ts';
import { EMBEDDED_REGION } from '../environment/embedded-environment.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../index.ts';
import type { ManagedInstances } from '../lambda/configuration.ts';
import { createEnvironmentFleet, type OnReport } from '../lambda/environment/environment-fleet.ts';
import type { LogEntry } from '../lambda/environment/invocation.ts';
import { detectResourceControl, type ResourceControl } from '../lambda/environment/limits/resource-control.ts';
import { makeTemporaryFolder, removeLeftoverFolders } from '../lambda/environment/temporary-folder.ts';
import { within } from '../lambda/environment/within.ts';
import { createLambdaService, type LambdaOptions } from '../lambda/lambda-service.ts';
import { ACCOUNT_ID } from '../s3/s3-call.ts';
import type { S3Options } from '../s3/s3-service.ts';
import type { TemplateModel } from '../template/model.ts';
import { bucketNotifications } from './bucket-notifications.ts';
import { deployedFunction } from './deployed-function.ts';

export interface StackOptions {
  /** As `readTemplate` or `readBuiltTemplate` give it. */
  readonly model: TemplateModel;
  /** On 127.0.0.1. @defaultValue 0: a free port */
  readonly port?: number;
  readonly s3?: Pick<S3Options, 'folder'>;
  readonly ec2?: Ec2Options;
  readonly lambda?: Pick<LambdaOptions, 'limits'>;
  /** Runs all functions as Lambda Managed Instances do. @defaultValue one invocation at a time in each environment */
  readonly managedInstances?: ManagedInstances;
  /** Builds a function again when one of its files changes. @defaultValue false */
  readonly isWatching?: boolean;
  /**
   * Told of each function that cannot be built; it then fails when it is invoked, and the others work.
   *
   * @defaultValue the first one is thrown
   */
  readonly onBuildError?: (error: BuildError) => void;
  /** Called when the code of a function is new. */
  readonly onRebuilt?: (functionName: string) => void;
  /** What esbuild warns of, and events that were given up. */
  readonly onMessage?: (message: string) => void;
  /** The log of the functions, line by line. */
  readonly onLog?: (entry: LogEntry) => void;
  /** What each invocation took, before it is answered. */
  readonly onReport?: OnReport;
  /** Ends the start: what it has made by then is removed. @defaultValue nothing does */
  readonly signal?: AbortSignal;
  /** Called once per request, before it is answered. */
  readonly onCall?: (service: ServiceName) => void;
}

/** A template that is up on this machine: its functions and buckets, behind one endpoint. */
export interface Stack extends AsyncDisposable {
  /** For `AWS_ENDPOINT_URL`. */
  readonly url: string;
  readonly aws: EmbeddedAws;
  readonly model: TemplateModel;
  /** Whether functions have the CPU and the memory of their setting, and why not. */
  readonly control: Pick<ResourceControl, 'isLimited' | 'reason'>;
  /** The folder that a function was built into at first. */
  taskRootOf(functionName: string): string;
  /** From now on new objects start functions, as the template says. Before, who sets the stack up may put what he likes. */
  deliverNotifications(): void;
  /** Ends all environments and leaves nothing behind. Calling it again changes nothing. */
  close(): Promise<void>;
}

const ABANDONED_BUILD_MS = 2000;

/**
 * Brings the functions and buckets of a template up on this machine.
 *
 * @throws {BuildError} If a function cannot be built, and nobody is told of it. @throws What listening throws, as for a port in use.
 * @throws The reason of `signal` when it aborts.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { model, port = 0, onLog, onReport, onCall, onMessage = () => undefined } = options;
  await using opened = new AsyncDisposableStack();
  removeLeftoverFolders();
  const outFolder = makeTemporaryFolder('build');
  opened.defer(() => rm(outFolder, { recursive: true, force: true }));

  // A change may come before all is up.
  const early: BuildOutcome[] = [];
  let onOutcome: (outcome: BuildOutcome) => void = (outcome) => early.push(outcome);
  const building = build(options, outFolder, opened, (outcome) => onOutcome(outcome));
  const outcomes = await (options.signal === undefined ? building : endedBy(options.signal, building));
  const unbuilt = new Set(outcomes.flatMap(({ status, model: { functionName } }) => (status === 'failed' ? functionName : [])));
  for (const outcome of outcomes) if (outcome.status === 'failed') tellOrThrow(outcome.error, options.onBuildError);
  const deployed = await Promise.all(outcomes.map((outcome) => deployedFunction(outcome, outFolder)));

  const control = detectResourceControl();
  let url = '';
  const lambda = createLambdaService({
    functions: deployed.map((each) => ({
      ...each,
      ...(options.managedInstances && { managedInstances: options.managedInstances }),
    })),
    account: { accountId: ACCOUNT_ID, region: EMBEDDED_REGION },
    openFleet: (settings) =>
      createEnvironmentFleet(settings, { control, ...(onLog && { onLog }), ...(onReport && { onReport }) }),
    endpointUrl: () => url,
    onDropped: (functionName, requestId, reason) => onMessage(`${functionName} gave event ${requestId} up: ${reason}`),
    ...options.lambda,
  });
  opened.use(lambda);

  const notify = bucketNotifications(model, (functionName, payload) => lambda.invokeAsync(functionName, payload), onMessage);
  let isDelivering = false;
  const aws = await startEmbeddedAws({
    port,
    s3: {
      ...options.s3,
      bucketNames: model.buckets.map(({ bucketName }) => bucketName),
      onObjectCreated: (created) => isDelivering && notify(created),
    },
    ...(options.ec2 && { ec2: options.ec2 }),
    lambda,
    ...(onCall && { onCall }),
  });
  opened.use(aws);
  url = aws.url;
  onOutcome = (outcome) => {
    if (outcome.status === 'failed') options.onBuildError?.(outcome.error);
    else {
      const { functionName, handler, layerFolders } = outcome.model;
      // Of a function that had no code, the first build says where in it the handler is, and what is on /opt.
      const found = unbuilt.delete(functionName) ? { handler, layerFolders } : {};
      lambda.replaceCode(functionName, outcome.taskRoot, found).then(
        () => options.onRebuilt?.(functionName),
        (error) => onMessage(`${functionName} keeps its old code: ${error}`),
      );
    }
  };
  for (const outcome of early) onOutcome(outcome);

  const taskRoots = new Map(deployed.map(({ model: { functionName }, taskRoot }) => [functionName, taskRoot]));
  const resources = opened.move();
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= resources.disposeAsync();
    return closed;
  };
  return {
    url,
    aws,
    model,
    control,
    taskRootOf(functionName) {
      const taskRoot = taskRoots.get(functionName);
      if (taskRoot === undefined)
        throw new TypeError(`Cannot find the code of ${functionName}: the template has no such function`);
      return taskRoot;
    },
    deliverNotifications() {
      isDelivering = true;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** When the signal aborts, what is being built is waited for, so that nothing is written after it was removed. */
async function endedBy<Value>(signal: AbortSignal, building: Promise<Value>): Promise<Value> {
  try {
    return await unlessAborted(signal, building);
  } catch (error) {
    // Ctrl-C on a terminal ends esbuild's process as well, and then it never ends.
    await within(
      building.catch(() => undefined),
      ABANDONED_BUILD_MS,
    );
    throw error;
  }
}

async function build(
  { model, isWatching = false, onMessage = () => undefined }: StackOptions,
  outFolder: string,
  opened: AsyncDisposableStack,
  onOutcome: (outcome: BuildOutcome) => void,
): Promise<readonly BuildOutcome[]> {
  if (!isWatching) return await buildFunctions(model, { outFolder, onMessage });
  return opened.use(await watchFunctions(model, { outFolder, onMessage, onOutcome })).outcomes;
}

function tellOrThrow(error: BuildError, onBuildError: StackOptions['onBuildError']): void {
  if (onBuildError === undefined) throw error;
  onBuildError(error);
}
