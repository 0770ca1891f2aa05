import type { EnvironmentSettings } from './environment-settings.ts';
import { ExecutionEnvironment } from './execution-environment.ts';
import type { EnvironmentFleet, Invocation, InvocationReport, InvocationResult, LogEntry } from './invocation.ts';
import type { ResourceControl } from './limits/resource-control.ts';
import { removeLeftoverFolders } from './temporary-folder.ts';

export type OnReport = (functionName: string, requestId: string, report: InvocationReport) => void;

export interface FleetParts {
  readonly control: ResourceControl;
  /** Each line of the log, as it comes. */
  readonly onLog?: (entry: LogEntry) => void;
  /** Each invocation's, before it is answered. */
  readonly onReport?: OnReport;
  /**
   * For the init phase of an environment; then it is repeated, in the time of the invocation.
   *
   * @defaultValue 10,000, as on Lambda. On Managed Instances 130,000, or the function's timeout where that is longer.
   */
  readonly initPhaseMs?: number;
}

/** The execution environments of one version of a function. None is started before the first invocation. */
export function createEnvironmentFleet(
  settings: EnvironmentSettings,
  { control, onLog = () => undefined, onReport = () => undefined, initPhaseMs = initPhaseOf(settings) }: FleetParts,
): EnvironmentFleet {
  /** That may take invocations, the one used last at the end. */
  const current: ExecutionEnvironment[] = [];
  /** All whose process lives, those that take no more invocations included. */
  const living = new Set<ExecutionEnvironment>();
  const endings = new Set<Promise<void>>();
  let closed: Promise<void> | undefined;
  removeLeftoverFolders();

  function start(): ExecutionEnvironment {
    const environment = new ExecutionEnvironment(settings, { control, onLog, initPhaseMs, onOver: () => leave(environment) });
    living.add(environment);
    return environment;
  }

  /** It takes no more invocations, and ends when it has answered those it has. */
  function leave(environment: ExecutionEnvironment): void {
    const index = current.indexOf(environment);
    if (index >= 0) current.splice(index, 1);
    if (environment.isIdle) end(environment);
  }

  function end(environment: ExecutionEnvironment): void {
    living.delete(environment);
    const ending = environment.end();
    endings.add(ending);
    // Whoever closes the fleet is told what could not be removed.
    ending.then(
      () => endings.delete(ending),
      () => undefined,
    );
  }

  async function invoke(invocation: Invocation): Promise<InvocationResult> {
    if (closed !== undefined) {
      throw new Error(`Cannot invoke ${settings.functionName}: its environments are closed; create them again`);
    }
    const environment = current.findLast(({ hasRoom }) => hasRoom) ?? start();
    use(environment);
    try {
      const result = await environment.invoke(invocation);
      onReport(settings.functionName, invocation.requestId, result.report);
      return result;
    } finally {
      if (current.includes(environment)) use(environment);
      else if (environment.isIdle) end(environment);
    }
  }

  function use(environment: ExecutionEnvironment): void {
    const index = current.indexOf(environment);
    if (index >= 0) current.splice(index, 1);
    current.push(environment);
  }

  async function close(): Promise<void> {
    current.length = 0;
    for (const environment of living) end(environment);
    await Promise.all(endings);
  }

  function closeOnce(): Promise<void> {
    closed ??= close();
    return closed;
  }

  return {
    invoke,
    get environmentCount() {
      return living.size;
    },
    retire() {
      for (const environment of [...current]) leave(environment);
    },
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  };
}

/**
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html and
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-execution-environment.html
 */
function initPhaseOf({ maxConcurrency, timeoutMs }: EnvironmentSettings): number {
  return maxConcurrency === undefined ? 10_000 : Math.max(130_000, timeoutMs);
}
