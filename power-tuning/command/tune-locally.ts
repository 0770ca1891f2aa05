import { EMBEDDED_REGION } from '../../local/environment/embedded-environment.ts';
import type { Progress } from '../../local/figures/progress.ts';
import { openLocalLambda } from '../measure/local-lambda.ts';
import { measureSettings } from '../measure/measure-settings.ts';
import { splitByCores } from '../measure/tiers.ts';
import type { SettingSamples } from '../tuning.ts';
import { makeTuning, type TuningOutcome } from './make-tuning.ts';
import type { TuneOptions } from './options.ts';
import type { TuningRequest } from './read-request.ts';

/** Measures on this machine what it has the cores for, and models the rest. What was measured is kept, whatever happens then. */
export async function tuneLocally(
  request: TuningRequest,
  options: Pick<TuneOptions, 'architecture' | 's3LatencyMs' | 'ec2LatencyMs'>,
  progress: Progress,
  signal: AbortSignal,
): Promise<TuningOutcome> {
  const { name, fn, input } = request;
  const { s3LatencyMs, ec2LatencyMs, architecture = fn.architecture } = options;
  const { measurable: settings, beyond } = splitByCores(request.settings);
  const startedAt = new Date().toISOString();
  const measured: SettingSamples[] = [];
  let unlimitedReason: string | undefined;
  let failure: unknown;
  try {
    await using lambda = await openLocalLambda({ s3LatencyMs, ec2LatencyMs }, signal);
    ({ unlimitedReason } = lambda);
    let doneCount = 0;
    const onProgress = (done: { readonly doneCount: number }): void => {
      doneCount = done.doneCount;
    };
    const measuring = measureSettings(lambda, { functionName: fn.functionName, settings, input, signal, onProgress });
    const keep = async (): Promise<void> => {
      for await (const setting of measuring) measured.push(setting);
    };
    const title = `${name} at ${settings.length} setting${settings.length === 1 ? '' : 's'}`;
    await progress.during(title, settings.length * input.num, () => doneCount, keep);
  } catch (error) {
    failure = signal.aborted ? signal.reason : error;
  }
  if (measured.length === 0) failure ??= new RangeError(NOTHING_MEASURED);
  if (measured.length === 0 || input.dryRun) return { tuning: undefined, failure };
  return await makeTuning(request, {
    place: 'local',
    region: EMBEDDED_REGION,
    architecture,
    startedAt,
    measured,
    beyond,
    unlimitedReason,
    failure,
  });
}

const NOTHING_MEASURED =
  'Cannot measure any of the settings: each buys more vCPUs than this machine has cores; add a smaller one with --power-values';
