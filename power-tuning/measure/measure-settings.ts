import { setTimeout as delay } from 'node:timers/promises';
import { createParallel } from 'lambda-parallel';
import { unlessAborted } from '../../local/command-line/stop-signal.ts';
import { payloadsOf } from '../input/payloads.ts';
import type { TuningInput } from '../input/tuning-input.ts';
import type { Sample, Setting, SettingSamples } from '../tuning.ts';
import { type Dealt, Invoker, type ProcessedInput } from './invoker.ts';
import { invocationsAtOnce } from './tiers.ts';
import type { TunedLambda } from './tuned-function.ts';

/** The options of an input that say how to measure. What a `payloadS3` holds is its payload by now. */
type MeasuredInput = ProcessedInput &
  Pick<
    TuningInput,
    'num' | 'payload' | 'concurrencyField' | 'dryRun' | 'onlyColdStarts' | 'parallelInvocation' | 'sleepBetweenRunsMs'
  >;

export interface MeasureOptions {
  readonly functionName: string;
  readonly settings: readonly Setting[];
  readonly input: MeasuredInput;
  readonly signal: AbortSignal;
  /** Called after each invocation that counts. */
  readonly onProgress?: (progress: MeasureProgress) => void;
}

export interface MeasureProgress {
  readonly setting: Setting;
  /** Of all settings. */
  readonly doneCount: number;
  readonly totalCount: number;
}

/**
 * Invokes a function `num` times with each setting in turn, and says what each invocation took. Where cold starts are not what is looked
 * for, every environment has an invocation before, which does not count.
 *
 * @yields A setting as soon as it is measured, so that what is known is kept whatever comes next.
 * @throws {TuningFunctionError} If a payload makes a function fail, with an error that is not allowed.
 * @throws {TypeError} For a processor that is not there. @throws {TuningInputError} For payloads that cannot be dealt out.
 * @throws The reason of `signal` when it aborts.
 */
export async function* measureSettings(lambda: TunedLambda, options: MeasureOptions): AsyncGenerator<SettingSamples> {
  const { functionName, settings, input, signal, onProgress } = options;
  const { onlyColdStarts, parallelInvocation, sleepBetweenRunsMs } = input;
  const invoker = new Invoker(lambda, functionName, input);
  const dealt = settings.map((setting) => ({ setting, events: deal(input, setting, functionName) }));
  const totalCount = dealt.reduce((sum, { events }) => sum + events.length, 0);
  let doneCount = 0;

  for (const { setting, events } of dealt) {
    signal.throwIfAborted();
    await unlessAborted(signal, lambda.setMemory(functionName, setting.memoryMb));
    const samples = await unlessAborted(signal, onlyColdStarts ? measureCold(setting, events) : measureWarm(setting, events));
    yield { ...setting, samples };
  }

  function done(setting: Setting): void {
    doneCount += 1;
    onProgress?.({ setting, doneCount, totalCount });
  }

  function atOnce({ memoryMb }: Setting, events: readonly Dealt[]): number {
    return parallelInvocation ? Math.min(events.length, invocationsAtOnce(memoryMb)) : 1;
  }

  async function measureWarm(setting: Setting, events: readonly Dealt[]): Promise<Sample[]> {
    await using runtime = createParallel({ concurrency: atOnce(setting, events) });
    const { io } = runtime;
    // All at the same time: that takes as many environments as there are going to be.
    const warmUps = input.dryRun ? [] : events.slice(0, atOnce(setting, events));
    await io.map(warmUps, (event, scope) => invoker.run(setting, event, scope.signal), { signal });
    return await io.map(
      events,
      async (event, scope) => {
        if (scope.index > 0) await pause(scope.signal);
        const sample = await invoker.run(setting, event, scope.signal);
        done(setting);
        return sample;
      },
      { signal },
    );
  }

  async function measureCold(setting: Setting, events: readonly Dealt[]): Promise<Sample[]> {
    const versions = await lambda.publishCold(functionName, events.length);
    await using runtime = createParallel({ concurrency: atOnce(setting, events) });
    return await runtime.io.map(
      events,
      async (event, scope) => {
        const version = versions[scope.index];
        if (scope.index > 0) await pause(scope.signal);
        const sample = await invoker.run(setting, event, scope.signal, version?.qualifiedName);
        await version?.remove();
        done(setting);
        return sample;
      },
      { signal },
    );
  }

  /** As in the state machine, what runs in parallel does not pause. */
  async function pause(taskSignal: AbortSignal): Promise<void> {
    if (!parallelInvocation && sleepBetweenRunsMs > 0) await delay(sleepBetweenRunsMs, undefined, { signal: taskSignal });
  }
}

function deal(input: MeasuredInput, { concurrency }: Setting, functionName: string): Dealt[] {
  const payloads = payloadsOf(input.payload, input, concurrency, `the input of ${functionName}`);
  const distinct = [...new Set(payloads)];
  const dealt = payloads.map((payload) => ({ payload, payloadIndex: distinct.indexOf(payload) }));
  return input.dryRun ? dealt.slice(0, 1) : dealt;
}
