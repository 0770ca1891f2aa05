import type { LogFormat, Runtime } from '../../template/model.ts';

/** Everything an execution environment is made from: the configuration of one version of a function. It never changes. */
export interface EnvironmentSettings {
  readonly functionName: string;
  /** `$LATEST` or a number. */
  readonly version: string;
  readonly handler: string;
  readonly runtime: Runtime;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  /** The function's own. */
  readonly variables: Readonly<Record<string, string>>;
  readonly logFormat: LogFormat;
  /** The folder with the built code, absolute. */
  readonly taskRoot: string;
  /** Absolute: what is on `/opt` on Lambda. */
  readonly layerFolders: readonly string[];
  readonly region: string;
  /** For `AWS_ENDPOINT_URL`, so that the function's own SDK clients find the embedded AWS. */
  readonly endpointUrl: string;
  /** Managed Instances: as many invocations overlap in one environment, which is not frozen. Absent: one at a time. */
  readonly maxConcurrency?: number | undefined;
  /** Managed Instances: the runtime's own worker threads. */
  readonly workerCount?: number | undefined;
}
