import type { Sample } from '../tuning.ts';

/** What a function said when it failed. */
export interface FunctionFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  /** The last 4 KB of its log. */
  readonly logTail: string;
}

export interface Invoked {
  /** JSON: what it answered, or its error. */
  readonly payload: string;
  /** Absent where it did not fail. */
  readonly failure: FunctionFailure | undefined;
  readonly sample: Sample;
}

/** The Lambda functions that measuring needs, wherever they are. */
export interface TunedLambda {
  /** The memory setting that invocations from now on have. */
  setMemory(functionName: string, memoryMb: number): Promise<void>;
  /** Versions of the function as it is now, each of which starts cold once. */
  publishCold(functionName: string, count: number): Promise<ColdVersion[]>;
  /**
   * @param functionName - With or without a qualifier.
   * @param payload - JSON.
   */
  invoke(functionName: string, payload: string, signal: AbortSignal): Promise<Invoked>;
  /**
   * @param reference - A name or an ARN, as inputs have them.
   * @throws {TypeError} If there is no such function.
   */
  find(reference: string): string;
}

export interface ColdVersion {
  /** To be invoked. */
  readonly qualifiedName: string;
  /** Its environment is not needed any more. */
  remove(): Promise<void>;
}
