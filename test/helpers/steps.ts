import { type ParallelError, type TaskOutcome, workerRef } from 'lambda-parallel';
import type { Step, Stepped } from '../cpu/workers/step.worker.ts';

export const step = workerRef<typeof import('../cpu/workers/step.worker.ts')>(
  new URL('../cpu/workers/step.worker.ts', import.meta.url),
);

/** Steps with the ids from 0, each with what `more` says. */
export function steps(count: number, more: (id: number) => Partial<Step> = () => ({})): Step[] {
  return Array.from({ length: count }, (_, id) => ({ ...more(id), id }));
}

/** Counts how often each of `count` steps was begun. */
export function begunCounts(count: number): { readonly memory: SharedArrayBuffer; readonly counts: Int32Array } {
  const memory = new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT);
  return { memory, counts: new Int32Array(memory) };
}

/** One word per outcome, by index: `fulfilled`, the name of the error, or why it was skipped. */
export function endsOf(outcomes: readonly TaskOutcome<Stepped>[]): string[] {
  const ends: string[] = [];
  for (const outcome of outcomes) ends[outcome.index] = endOf(outcome);
  return ends;
}

function endOf(outcome: TaskOutcome<Stepped>): string {
  if (outcome.status === 'rejected') return (outcome.reason as ParallelError).name;
  if (outcome.status === 'skipped') return outcome.reason;
  return outcome.value.id === outcome.index ? 'fulfilled' : `fulfilled with step ${outcome.value.id}`;
}
