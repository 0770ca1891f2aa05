import { readFile } from 'node:fs/promises';
import { evaluate } from '../evaluate/evaluate.ts';
import { modelSettings } from '../model/model-settings.ts';
import { findSetting } from '../print/setting-axes.ts';
import type { Setting, SettingSamples, Tuning } from '../tuning.ts';
import type { TuningRequest } from './read-request.ts';

/** What came of measuring. */
export interface Measured extends Pick<Tuning, 'place' | 'region' | 'architecture' | 'startedAt' | 'unlimitedReason'> {
  /** At least one. */
  readonly measured: readonly SettingSamples[];
  /** To be modelled. */
  readonly beyond: readonly Setting[];
  readonly failure: unknown;
}

export interface TuningOutcome {
  /** Of all that was measured, and modelled if nothing failed. Absent where that is nothing. */
  readonly tuning: Tuning | undefined;
  /** Why not all settings are in it: an error, or the signal's reason. Absent where they are. */
  readonly failure: unknown;
}

/** Makes a result of what was measured, and models the rest unless something failed. */
export async function makeTuning({ name, fn, input, settings }: TuningRequest, measuring: Measured): Promise<TuningOutcome> {
  const { place, region, architecture, startedAt, measured, beyond, unlimitedReason, failure } = measuring;
  const { strategy, balancedWeight, num, discardTopBottom, onlyColdStarts } = input;
  const statistics = { region, architecture, discardTopBottom, onlyColdStarts };
  const modelled = failure === undefined ? modelSettings(measured, beyond, statistics) : [];
  const known = [...measured, ...modelled];
  const inOrder = settings.flatMap((setting) => {
    const found = findSetting(known, setting);
    return found === undefined ? [] : [found];
  });
  const tuning: Tuning = {
    name,
    functionName: fn.functionName,
    place,
    region,
    architecture,
    runtime: fn.runtime,
    version: await packageVersion(),
    startedAt,
    strategy,
    balancedWeight,
    unlimitedReason,
    stoppedReason: failure !== undefined ? reasonOf(failure) : inOrder.length < settings.length ? NOT_MODELLED : undefined,
    ...evaluate(inOrder, { ...statistics, strategy, balancedWeight, num, includeOutputResults: true }),
  };
  return { tuning, failure };
}

/** Where the kernel limits nothing, it may not count either. */
const NOT_MODELLED = 'the others would have to be modelled from CPU times, which nobody counts on this machine';

/** The first line of an error; the name of a signal. */
function reasonOf(failure: unknown): string {
  return (failure instanceof Error ? failure.message.split('\n')[0] : undefined) ?? String(failure);
}

async function packageVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
