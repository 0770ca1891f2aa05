import { isDeepStrictEqual } from 'node:util';
import type { Architecture, FunctionModel, LogFormat, Runtime } from '../template/model.ts';
import { CodeFolder } from './code-folder.ts';

/** A function as the embedded Lambda is given it. */
export interface DeployedFunction {
  readonly model: FunctionModel;
  /** The folder with the built code, absolute. */
  readonly taskRoot: string;
  /** Runs it as Lambda Managed Instances do. @defaultValue one invocation at a time in each environment */
  readonly managedInstances?: ManagedInstances;
}

export interface ManagedInstances {
  /** Invocations at once in one environment. */
  readonly maxConcurrency: number;
  /** The runtime's own worker threads. */
  readonly workerCount: number;
}

/** What makes one version differ from another. It never changes: an update makes a new one. */
export interface Configuration {
  readonly description: string;
  readonly handler: string;
  readonly runtime: Runtime;
  readonly architecture: Architecture;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly logFormat: LogFormat;
  readonly roleArn: string;
  readonly layerFolders: readonly string[];
  readonly code: CodeFolder;
  readonly managedInstances: ManagedInstances | undefined;
}

export function configurationOf({ model, taskRoot, managedInstances }: DeployedFunction): Configuration {
  const { description, handler, runtime, architecture, memoryMb, timeoutSeconds, variables, logFormat, roleArn, layerFolders } =
    model;
  const code = new CodeFolder(taskRoot);
  return {
    description,
    handler,
    runtime,
    architecture,
    memoryMb,
    timeoutSeconds,
    variables,
    logFormat,
    roleArn,
    layerFolders,
    code,
    managedInstances,
  };
}

/** Whether publishing both would make two versions that do not differ. */
export async function isSameConfiguration(a: Configuration, b: Configuration): Promise<boolean> {
  const { code: codeOfA, ...restOfA } = a;
  const { code: codeOfB, ...restOfB } = b;
  if (!isDeepStrictEqual(restOfA, restOfB)) return false;
  if (codeOfA === codeOfB) return true;
  const [digestOfA, digestOfB] = await Promise.all([codeOfA.digest(), codeOfB.digest()]);
  return digestOfA.sha256 === digestOfB.sha256;
}
