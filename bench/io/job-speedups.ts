import { jobFigures } from '../../local/demo/job-figures.ts';
import { runJobs } from '../../local/demo/jobs.ts';
import type { Figure } from '../../local/figures/figures.ts';
import type { Progress } from '../../local/figures/progress.ts';

/** The jobs of `npm start`, with more runs: Lambda, handlers, SDK and sockets included. */
export async function jobSpeedupFigures(progress: Progress): Promise<Figure[]> {
  const latencies = { s3LatencyMs: 20, ec2LatencyMs: 40 };
  const { results } = await runJobs(
    { memoryMb: 3538, objectCount: 2000, instanceCount: 100, ...latencies, concurrency: 100, runCount: 5 },
    progress,
  );
  return jobFigures(results).filter(({ name }) => name.endsWith('.speedup'));
}
