import type { EnvironmentSettings } from '../../../local/lambda/environment/environment-settings.ts';
import type { EnvironmentFleet, Invocation, InvocationResult } from '../../../local/lambda/environment/invocation.ts';

export interface TestContext {
  readonly settings: EnvironmentSettings;
  readonly invocation: Invocation;
  /** Of its fleet, from 1. */
  readonly environment: number;
}

export type TestHandler = (event: unknown, context: TestContext) => unknown;

/** Environments that are no more than a number: for tests of the API, which is the same whatever runs behind it. */
export class InProcessFleet implements EnvironmentFleet {
  readonly settings: EnvironmentSettings;
  readonly #handler: TestHandler;
  readonly #free: number[] = [];
  #startedCount = 0;
  #busyCount = 0;
  isRetired = false;
  isClosed = false;

  constructor(settings: EnvironmentSettings, handler: TestHandler) {
    this.settings = settings;
    this.#handler = handler;
  }

  get environmentCount(): number {
    return this.#free.length + this.#busyCount;
  }

  async invoke(invocation: Invocation): Promise<InvocationResult> {
    if (this.isClosed) throw new Error('Cannot invoke: the fleet is closed');
    let environment = this.#free.pop();
    const isCold = environment === undefined;
    if (environment === undefined) {
      this.#startedCount += 1;
      environment = this.#startedCount;
    }
    this.#busyCount += 1;
    const { payload, isFunctionError } = await this.#run(invocation, environment);
    this.#busyCount -= 1;
    if (!this.isRetired) this.#free.push(environment);
    const { memoryMb } = this.settings;
    const report = { durationMs: 1.5, billedMs: 2, memoryMb, maxMemoryUsedMb: 40, initMs: isCold ? 50 : undefined };
    return { payload, isFunctionError, logTail: logTail(invocation, this.settings), report };
  }

  retire(): void {
    this.isRetired = true;
    this.#free.length = 0;
  }

  async close(): Promise<void> {
    this.retire();
    this.isClosed = true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(invocation: Invocation, environment: number): Promise<{ payload: string; isFunctionError: boolean }> {
    try {
      const value = await this.#handler(JSON.parse(invocation.payload), { settings: this.settings, invocation, environment });
      return { payload: JSON.stringify(value ?? null), isFunctionError: false };
    } catch (error) {
      const { name, message } = error as Error;
      return { payload: JSON.stringify({ errorType: name, errorMessage: message, trace: [] }), isFunctionError: true };
    }
  }
}

function logTail({ requestId }: Invocation, { version, memoryMb }: EnvironmentSettings): string {
  return [
    `START RequestId: ${requestId} Version: ${version}`,
    `END RequestId: ${requestId}`,
    `REPORT RequestId: ${requestId}\tDuration: 1.50 ms\tBilled Duration: 2 ms\tMemory Size: ${memoryMb} MB\tMax Memory Used: 40 MB\t`,
    '',
  ].join('\n');
}
