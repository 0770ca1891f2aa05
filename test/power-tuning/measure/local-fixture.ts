import { fileURLToPath } from 'node:url';
import { readInput } from '../../../power-tuning/input/read-input.ts';
import { type LocalLambda, openLocalLambda } from '../../../power-tuning/measure/local-lambda.ts';
import { type MeasureOptions, measureSettings } from '../../../power-tuning/measure/measure-settings.ts';
import type { Invoked } from '../../../power-tuning/measure/tuned-function.ts';
import type { SettingSamples } from '../../../power-tuning/tuning.ts';

interface Recorded extends Invoked {
  readonly functionName: string;
  /** Parsed. */
  readonly event: unknown;
  // biome-ignore lint/suspicious/noExplicitAny: Whatever the function under test answers.
  readonly answer: any;
}

export interface MeasuredFixture extends AsyncDisposable {
  readonly lambda: LocalLambda;
  /** All invocations that have ended, those that do not count included. */
  readonly invoked: Recorded[];
  measure(input: object, options?: Partial<MeasureOptions>): AsyncGenerator<SettingSamples>;
}

/** The functions of `fixtures/` on this machine. */
export async function openFixture(): Promise<MeasuredFixture> {
  const invoked: Recorded[] = [];
  const templateFile = fileURLToPath(new URL('./fixtures/template.yaml', import.meta.url));
  const lambda = await openLocalLambda({ templateFile }, new AbortController().signal);
  const recording = {
    ...lambda,
    async invoke(functionName: string, payload: string, signal: AbortSignal): Promise<Invoked> {
      const result = await lambda.invoke(functionName, payload, signal);
      invoked.push({ ...result, functionName, event: JSON.parse(payload), answer: JSON.parse(result.payload) });
      return result;
    },
  };
  return {
    lambda,
    invoked,
    measure: (input, options) =>
      measureSettings(recording, {
        functionName: 'tells',
        settings: [{ memoryMb: 1769 }],
        input: readInput({ num: 5, ...input }, 'input.json'),
        signal: new AbortController().signal,
        ...options,
      }),
    [Symbol.asyncDispose]: () => lambda[Symbol.asyncDispose](),
  };
}
