import { program } from 'commander';
import { integerFrom } from '../command-line/numbers.ts';
import { endBySignal, stopSignal } from '../command-line/stop-signal.ts';
import { figuresJson } from '../figures/figures.ts';
import { createProgress } from '../figures/progress.ts';
import { jobFigures, jobTable } from './job-figures.ts';
import { type JobResults, runJobs } from './jobs.ts';

program
  .name('npm start --')
  .description('Runs each job through the local Lambda, sequentially and in parallel, against an embedded AWS on this machine.')
  .option('--json', 'print the figures as JSON on stdout, and nothing else: npm start --silent -- --json')
  .option('--memory <mb>', 'memory of all functions: their share of the CPU follows from it', integerFrom(128, 10_240), 3538)
  .option('--objects <count>', 'downloads of an 8 KB object', integerFrom(1, 100_000), 2000)
  .option('--images <count>', 'images to make thumbnails of', integerFrom(1, 100_000), 80)
  .option('--log-objects <count>', 'log objects of 1 MB to analyse', integerFrom(1, 100_000), 150)
  .option('--samples <count>', 'random points to estimate π from', integerFrom(1, 1_000_000_000_000), 400_000_000)
  .option('--instances <count>', 'EC2 instances in the fleet', integerFrom(1, 20_000), 100)
  .option('--s3-latency <ms>', 'latency of each S3 request', integerFrom(0, 60_000), 20)
  .option('--ec2-latency <ms>', 'latency of each EC2 request', integerFrom(0, 60_000), 40)
  .option('--concurrency <count>', 'requests in flight at once', integerFrom(1, 900), 100)
  .option('--runs <count>', 'parallel runs, of which the median counts', integerFrom(1), 3)
  .parse();

const options = program.opts();
const signal = stopSignal();
const jobs = runJobs(
  {
    memoryMb: options['memory'],
    objectCount: options['objects'],
    imageCount: options['images'],
    logObjectCount: options['logObjects'],
    sampleCount: options['samples'],
    instanceCount: options['instances'],
    s3LatencyMs: options['s3Latency'],
    ec2LatencyMs: options['ec2Latency'],
    concurrency: options['concurrency'],
    runCount: options['runs'],
  },
  createProgress(),
  signal,
);
const done = await jobs.catch((error: unknown) => {
  if (!signal.aborted) throw error;
});
if (done === undefined) endBySignal(signal);
else print(done);

function print({ results, unlimitedReason }: JobResults): void {
  if (options['json']) {
    const limits = { memoryMb: options['memory'], isLimited: unlimitedReason === undefined, reason: unlimitedReason };
    console.log(figuresJson(jobFigures(results), { lambda: limits }));
  } else {
    console.log(jobTable(results));
    const limits = unlimitedReason === undefined ? 'with the CPU and the memory of that setting' : 'without its limits';
    console.log(
      `The functions of template.yaml on the local Lambda at ${options['memory'].toLocaleString('en-US')} MB, ${limits}; an embedded S3 ` +
        `(${options['s3Latency']} ms a request) and EC2 (${options['ec2Latency']} ms), ${options['concurrency']} requests in flight; ` +
        `parallel: median of ${options['runs']}.`,
    );
    if (unlimitedReason !== undefined) console.log(unlimitedReason);
  }
}
