import { once } from 'node:events';
import { resolve } from 'node:path';
import { program } from 'commander';
import { integerFrom } from '../command-line/numbers.ts';
import { stopSignal } from '../command-line/stop-signal.ts';
import { embeddedVariables, overridingVariables, withoutAws } from '../environment/embedded-environment.ts';
import { keyValue } from './key-value.ts';
import { openLocal } from './open-local.ts';
import { localReport } from './report.ts';

program
  .name('npm run local --')
  .description(
    'Brings template.yaml up on this machine until Ctrl-C: Lambda, S3 and EC2 behind one endpoint, for the aws CLI, an SDK, or your tests.',
  )
  .option('--template <file>', 'the SAM template', 'template.yaml')
  .option('--parameter <Name=Value>', 'a parameter of the template; give it once for each', keyValue, {})
  .option('--sam-build', 'run what `sam build` has made in .aws-sam/build, beside the template')
  .option('--no-watch', 'do not build a function again when its code changes')
  .option('--port <port>', 'on 127.0.0.1; 0 for a free one', integerFrom(0, 65_535), 4566)
  .option('--folder <path>', 'keep S3 in this folder instead of in memory')
  .option('--instances <count>', 'EC2 instances in the fleet', integerFrom(0, 20_000), 100)
  .option('--images <count>', 'sample images in the upload bucket', integerFrom(0, 100_000), 12)
  .option('--log-objects <count>', 'sample log objects of 1 MB in the data bucket', integerFrom(0, 100_000), 12)
  .option('--s3-latency <ms>', 'latency of each S3 request', integerFrom(0, 60_000), 0)
  .option('--ec2-latency <ms>', 'latency of each EC2 request', integerFrom(0, 60_000), 0)
  .option(
    '--max-concurrency <count>',
    'run functions as Lambda Managed Instances do, with so many invocations at once in each',
    integerFrom(1, 1600),
  )
  .option('--json', 'print what is up as one JSON object on stdout, instead of lines for a shell')
  .parse();

const options = program.opts();
// Before the environment is replaced: what other shells are likely to have.
const overriding = overridingVariables(process.env);
process.env = withoutAws(process.env);
/** Where npm was called, not where the package is. */
const here = (path: string): string => resolve(process.env['INIT_CWD'] ?? '.', path);

const signal = stopSignal();
try {
  await using local = await openLocal(
    {
      templateFile: here(options['template']),
      parameters: options['parameter'],
      isSamBuild: options['samBuild'] === true,
      isWatching: options['watch'],
      port: options['port'],
      folder: options['folder'] === undefined ? undefined : here(options['folder']),
      instanceCount: options['instances'],
      imageCount: options['images'],
      logObjectCount: options['logObjects'],
      s3LatencyMs: options['s3Latency'],
      ec2LatencyMs: options['ec2Latency'],
      maxConcurrency: options['maxConcurrency'],
    },
    signal,
  );
  const { json, lines } = localReport(local, embeddedVariables(local.url), overriding);
  if (options['json']) console.log(json);
  else {
    // On stdout what a shell can evaluate, on stderr what a person wants to know.
    for (const line of lines.shell) console.log(line);
    for (const line of lines.person) console.error(line);
  }
  if (!signal.aborted) await once(signal, 'abort');
} catch (error) {
  if (!signal.aborted) {
    console.error(startFailure(error));
    process.exitCode = 1;
  }
}

function startFailure(error: unknown): string {
  const { code, message = String(error) } = error as Partial<NodeJS.ErrnoException>;
  if (code === 'EADDRINUSE') {
    return `Cannot start the embedded AWS: port ${options['port']} is in use; choose another one with --port, or 0 for a free one`;
  }
  return message.startsWith('Cannot ') ? message : `Cannot start the embedded AWS: ${message}`;
}
