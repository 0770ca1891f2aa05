import type { Figure } from '../local/figures/figures.ts';
import type { Progress } from '../local/figures/progress.ts';
import { runBench } from './bench-program.ts';
import { flatnessFigures } from './tuning/flatness.ts';
import { modelErrorFigures } from './tuning/model-error.ts';
import { tierRatioFigures } from './tuning/tier-ratio.ts';
import { openTuned, type TunedHandlers } from './tuning/tuned-handlers.ts';

/** Measures on a local Lambda of its own. */
function onLambda(area: (tuned: TunedHandlers) => Promise<Figure[]>) {
  return async (progress: Progress): Promise<Figure[]> => {
    await using tuned = await openTuned(progress);
    return await area(tuned);
  };
}

await runBench({
  command: 'bench:tuning',
  description:
    'Compares what is measured here at several memory settings with what they buy, and with what is modelled, in about four minutes.',
  areas: {
    'tier-ratio': onLambda(tierRatioFigures),
    flatness: onLambda(flatnessFigures),
    model: onLambda(modelErrorFigures),
  },
});
