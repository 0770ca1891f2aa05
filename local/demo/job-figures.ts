import { type Figure, figure } from '../figures/figures.ts';
import { formatTable } from '../figures/table.ts';
import type { JobResult } from './jobs.ts';

/** Everything the table says, by name. */
export function jobFigures(results: readonly JobResult[]): Figure[] {
  return results.flatMap(({ name, sequentialSeconds, parallelSeconds, ...job }) => [
    figure(
      `demo.${name}.speedup`,
      'x',
      parallelSeconds.map((seconds) => sequentialSeconds / seconds),
    ),
    figure(`demo.${name}.items`, 'count', [job.itemCount]),
    figure(`demo.${name}.sequential-seconds`, 's', [sequentialSeconds]),
    figure(`demo.${name}.parallel-seconds`, 's', parallelSeconds),
    ...Object.entries(job.callCounts ?? {}).map(([way, count]) => figure(`demo.${name}.${way}-calls`, 'count', [count])),
  ]);
}

export function jobTable(results: readonly JobResult[]): string {
  const figures = new Map(jobFigures(results).map(({ name, value }) => [name, value]));
  const head = ['job', 'items', 'sequential', 'parallel', 'speed-up', 'API calls'];
  const rows = results.map(({ name, title, callCounts }) => {
    const value = (what: string): number => figures.get(`demo.${name}.${what}`) ?? Number.NaN;
    return [
      title,
      value('items').toLocaleString('en-US'),
      `${value('sequential-seconds').toFixed(2)} s`,
      `${value('parallel-seconds').toFixed(2)} s`,
      `${value('speedup').toFixed(1)}x`,
      callCounts ? `${callCounts.sequential.toLocaleString('en-US')} → ${callCounts.parallel.toLocaleString('en-US')}` : '–',
    ];
  });
  return formatTable(head, rows);
}
