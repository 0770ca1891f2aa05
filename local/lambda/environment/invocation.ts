/** One event on its way to a function. */
export interface Invocation {
  readonly requestId: string;
  /** JSON. */
  readonly payload: string;
  /** With the qualifier that the caller used, if any. */
  readonly invokedFunctionArn: string;
  readonly traceId: string;
  /** JSON, as the caller sent it. */
  readonly clientContext?: string | undefined;
}

/** How it ended. */
export interface InvocationResult {
  /** JSON: what the handler returned, or `{ errorType, errorMessage, trace }`. */
  readonly payload: string;
  /** Whether the payload is an error: what Lambda calls a function error. */
  readonly isFunctionError: boolean;
  /** What the environment logged for it, START, END and REPORT included: the last 4 KB. */
  readonly logTail: string;
  readonly report: InvocationReport;
}

/** What the REPORT line says, and the CPU time, which it does not say. */
export interface InvocationReport {
  readonly durationMs: number;
  /** Whole ms; with the init phase, as Lambda bills it. */
  readonly billedMs: number;
  readonly memoryMb: number;
  readonly maxMemoryUsedMb: number;
  /** Of a cold start. */
  readonly initMs?: number | undefined;
  /**
   * CPU time that the environment was given from the start of the invocation to its end, in all its processes; absent where nobody
   * counts. On Managed Instances that of overlapping invocations is in it.
   */
  readonly cpuMs?: number | undefined;
  /** CPU time before that, of a cold start. */
  readonly initCpuMs?: number | undefined;
}

/** A line of a function's log, as CloudWatch would have it. */
export interface LogEntry {
  readonly functionName: string;
  readonly version: string;
  /** One per environment. */
  readonly logStream: string;
  readonly text: string;
}

/** The execution environments of one version of a function: as many as invocations at once, kept warm, frozen in between. */
export interface EnvironmentFleet extends AsyncDisposable {
  /**
   * Runs it in a free environment, or in a new one.
   *
   * @throws Never for what the function does: a crash, a timeout or a failing init phase is a result.
   */
  invoke(invocation: Invocation): Promise<InvocationResult>;
  /** Environments that live, busy ones included. */
  readonly environmentCount: number;
  /** Ends free environments now, busy ones when their invocation ends; the next invocation is a cold start. */
  retire(): void;
  /** Ends all: processes, cgroups, temporary files. What was running is a function error. */
  close(): Promise<void>;
}
