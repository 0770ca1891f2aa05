import type { TuningInput } from '../input/tuning-input.ts';
import type { Sample, Setting } from '../tuning.ts';
import type { Invoked, TunedLambda } from './tuned-function.ts';
import { TuningFunctionError } from './tuning-function-error.ts';

/** What an input says of each invocation. */
export type ProcessedInput = Pick<TuningInput, 'preProcessorARN' | 'postProcessorARN' | 'allowedExceptions'>;

/** An event, and which of the input's payloads it is. */
export interface Dealt {
  readonly payload: string;
  readonly payloadIndex: number;
}

/** Runs one invocation after the other as the executor of the state machine does: pre-processor, function, post-processor. */
export class Invoker {
  readonly #lambda: TunedLambda;
  readonly #functionName: string;
  readonly #allowed: ReadonlySet<string>;
  readonly #preProcessor: string | undefined;
  readonly #postProcessor: string | undefined;

  /** @throws {TypeError} If there is no such processor. */
  constructor(lambda: TunedLambda, functionName: string, input: ProcessedInput) {
    const { preProcessorARN, postProcessorARN, allowedExceptions } = input;
    this.#lambda = lambda;
    this.#functionName = functionName;
    this.#allowed = new Set(allowedExceptions);
    this.#preProcessor = preProcessorARN === undefined ? undefined : lambda.find(preProcessorARN);
    this.#postProcessor = postProcessorARN === undefined ? undefined : lambda.find(postProcessorARN);
  }

  /**
   * @param qualifiedName - The function, where it is not `$LATEST` of it.
   * @throws {TuningFunctionError} If a function fails with an error that is not allowed.
   */
  async run(
    setting: Setting,
    { payload, payloadIndex }: Dealt,
    signal: AbortSignal,
    qualifiedName = this.#functionName,
  ): Promise<Sample> {
    let event = payload;
    const failed = (functionName: string, purpose: string, { failure }: Invoked): TuningFunctionError | undefined =>
      failure && new TuningFunctionError({ functionName, purpose, ...setting, payloadIndex, failure });

    if (this.#preProcessor !== undefined) {
      const prepared = await this.#lambda.invoke(this.#preProcessor, event, signal);
      const error = failed(this.#preProcessor, 'prepare the event', prepared);
      if (error !== undefined) throw error;
      if (prepared.payload !== '') event = prepared.payload;
    }
    const invoked = await this.#lambda.invoke(qualifiedName, event, signal);
    if (this.#postProcessor !== undefined) {
      const looked = await this.#lambda.invoke(this.#postProcessor, invoked.payload, signal);
      const error = failed(this.#postProcessor, 'look at the answer', looked);
      if (error !== undefined) throw error;
    }
    if (invoked.failure !== undefined && !this.#allowed.has(invoked.failure.errorType)) {
      throw failed(this.#functionName, 'measure it', invoked);
    }
    return invoked.sample;
  }
}
