import { fileURLToPath } from 'node:url';
import { functionOfHandler } from '../../local/demo/function-of-handler.ts';
import type { Progress } from '../../local/figures/progress.ts';
import { readInput, readInputFile } from '../../power-tuning/input/read-input.ts';
import { openLocalLambda } from '../../power-tuning/measure/local-lambda.ts';
import { measureSettings } from '../../power-tuning/measure/measure-settings.ts';
import { splitByCores } from '../../power-tuning/measure/tiers.ts';
import { measuredTiers } from '../../power-tuning/model/model-settings.ts';
import type { MeasuredTier } from '../../power-tuning/model/time-model.ts';
import type { SettingSamples } from '../../power-tuning/tuning.ts';

export interface TunedHandlers extends AsyncDisposable {
  /**
   * Measures a handler of `template.yaml` with its own input, at those settings that this machine has the cores for.
   *
   * @param changes - Of fields of its payload.
   */
  measure(handlerName: string, memoryMb: readonly number[], changes?: object): Promise<MeasuredTier[]>;
}

/** Invocations of a setting: as many as it takes for the middle ones to be steady. */
const NUM = 7;
/** As power tuning has it by default: the slowest and the fastest do not count. */
const STATISTICS = { architecture: 'arm64', region: 'us-east-1', discardTopBottom: 0.2 } as const;

export async function openTuned(progress: Progress): Promise<TunedHandlers> {
  const { signal } = new AbortController();
  const lambda = await openLocalLambda({}, signal);
  if (lambda.unlimitedReason !== undefined) {
    await lambda[Symbol.asyncDispose]();
    throw new Error(lambda.unlimitedReason);
  }
  return {
    async measure(handlerName, memoryMb, changes = {}) {
      const file = fileURLToPath(new URL(`../../power-tuning/inputs/${handlerName}.json`, import.meta.url));
      const written = await readInputFile(file);
      const input = readInput({ ...written, num: NUM, payload: { ...(written.payload as object), ...changes } }, file);
      const { measurable: settings } = splitByCores(memoryMb.map((each) => ({ memoryMb: each })));
      const { functionName } = functionOfHandler(lambda.model, handlerName);
      let doneCount = 0;
      const onProgress = (done: { readonly doneCount: number }): void => {
        doneCount = done.doneCount;
      };
      return await progress.during(
        handlerName,
        settings.length * NUM,
        () => doneCount,
        async () => {
          const measured: SettingSamples[] = [];
          const options = { functionName, settings, input, signal, onProgress };
          for await (const one of measureSettings(lambda, options)) measured.push(one);
          return measuredTiers(measured, STATISTICS);
        },
      );
    },
    [Symbol.asyncDispose]: () => lambda[Symbol.asyncDispose](),
  };
}
