import { type Figure, figure } from '../../local/figures/figures.ts';
import { leaveOneOut } from '../../power-tuning/model/leave-one-out.ts';
import type { TunedHandlers } from './tuned-handlers.ts';

/** One that computes, one that waits, and one that does both. */
const HANDLERS = ['monte-carlo', 'parallel-download', 'image-resize'];
const MEMORY_MB = [512, 1024, 1769, 2304, 3008, 3538, 5307, 7076];

/** How far the model is from each setting when it knows only the others, in % of what was measured; of a handler, the worst setting. */
export async function modelErrorFigures({ measure }: TunedHandlers): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const handlerName of HANDLERS) {
    const name = `tuning.model-error.${handlerName}`;
    const left = leaveOneOut(await measure(handlerName, MEMORY_MB));
    const errors = left.map(({ memoryMb, errorPercent }) => ({ memoryMb, percent: Math.abs(errorPercent) }));
    figures.push(figure(name, '%', [Math.max(...errors.map(({ percent }) => percent))]));
    for (const { memoryMb, percent } of errors) figures.push(figure(`${name}.${memoryMb}`, '%', [percent]));
  }
  return figures;
}
