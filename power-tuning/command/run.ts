import { fileURLToPath } from 'node:url';
import { createProgress } from '../../local/figures/progress.ts';
import { readTemplate } from '../../local/template/read-template.ts';
import { currencyOf } from '../evaluate/prices.ts';
import { shownMemory } from '../print/amounts.ts';
import { findSetting } from '../print/setting-axes.ts';
import { tuningReport } from '../print/tuning-report.ts';
import { visualizationReport } from '../print/visualization-report.ts';
import { applyMemory, applyTarget } from './apply-memory.ts';
import { knownFunction } from './known-function.ts';
import type { TuneOptions } from './options.ts';
import { localOmissions, readRequest } from './read-request.ts';
import { saveTuning } from './save-tuning.ts';
import { tuneLocally } from './tune-locally.ts';

const TEMPLATE = fileURLToPath(new URL('../../template.yaml', import.meta.url));

/**
 * Does what the command line says: figures on stdout, everything else on stderr.
 *
 * @throws {Error} With what to do next. What was measured until then is saved. @throws The reason of `signal` when it aborts.
 */
export async function run(options: TuneOptions, signal: AbortSignal): Promise<void> {
  const { name, withinPercent, drawnUrl } = options;
  if (drawnUrl !== undefined) return console.log(visualizationReport(drawnUrl, { withinPercent, columns: columns() }));
  if (name !== undefined) await tune(name, options, signal);
}

async function tune(name: string, options: TuneOptions, signal: AbortSignal): Promise<void> {
  const fn = knownFunction(await readTemplate(TEMPLATE), name);
  if (!options.isLocal) throw new Error(`Cannot tune ${name} on AWS: only --local is there yet; add --local`);
  const request = await readRequest(name, fn, options);
  for (const omission of localOmissions(request.input)) console.error(omission);
  const { apply, isYes, samconfigFile } = options;
  const target = apply === undefined ? undefined : await applyTarget(fn.logicalId, samconfigFile, isYes);

  const { tuning, failure } = await tuneLocally(request, options, createProgress(), signal);
  const file = tuning === undefined ? undefined : await saveTuning(tuning, options.resultsFolder);
  if (failure !== undefined) {
    if (file !== undefined) console.error(`What was measured until then is in ${file}`);
    throw failure;
  }
  if (tuning === undefined) return console.error(`${name} answered at each setting; a dry run measures nothing.`);
  const report = tuningReport(tuning, {
    withinPercent: options.withinPercent,
    columns: columns(),
    currency: currencyOf(tuning.region),
  });
  console.log(options.isJson ? JSON.stringify(tuning, null, 2) : `${report}\n\nSaved: ${file}`);
  if (apply === undefined || target === undefined) return;
  if (tuning.unlimitedReason !== undefined)
    throw new Error(`Cannot apply a recommendation: there is none; ${tuning.unlimitedReason}`);
  const { memoryMb, concurrency } = tuning.recommendations[apply];
  const isModelled = findSetting(tuning.settings, { memoryMb, concurrency })?.isModelled === true;
  if (isModelled) console.error(`${shownMemory(memoryMb, false)} were modelled, not measured: compare them on AWS.`);
  console.error(await applyMemory(target, memoryMb, isYes, signal));
  if (concurrency !== undefined) console.error(`With it goes concurrency ${concurrency}: it is for whoever writes the events.`);
}

/** Wider is not easier to read. */
function columns(): number {
  return Math.max(60, Math.min(100, process.stdout.columns ?? 80));
}
