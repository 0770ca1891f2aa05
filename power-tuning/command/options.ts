import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { integerFrom } from '../../local/command-line/numbers.ts';
import type { Architecture } from '../../local/template/model.ts';
import { MAX_MEMORY_MB, MIN_MEMORY_MB } from '../input/power-values.ts';
import type { Strategy } from '../tuning.ts';
import { integersFrom, numberFrom } from './lists.ts';

/** What the command line says. What is absent is as the input has it. */
export interface TuneOptions {
  /** Of the handler: `monte-carlo`. Absent where a URL is drawn. */
  readonly name: string | undefined;
  readonly isLocal: boolean;
  readonly inputFile: string | undefined;
  readonly powerValues: readonly number[] | undefined;
  readonly maxMemoryMb: number;
  readonly num: number | undefined;
  readonly strategy: Strategy | undefined;
  readonly balancedWeight: number | undefined;
  readonly concurrencies: readonly number[] | undefined;
  readonly architecture: Architecture | undefined;
  readonly s3LatencyMs: number;
  readonly ec2LatencyMs: number;
  readonly withinPercent: number;
  readonly isJson: boolean;
  readonly apply: Strategy | undefined;
  readonly isYes: boolean;
  readonly samconfigFile: string;
  readonly resultsFolder: string;
  readonly drawnUrl: string | undefined;
}

const STRATEGIES: readonly Strategy[] = ['cost', 'speed', 'balanced'];
const ARCHITECTURES: readonly Architecture[] = ['arm64', 'x86_64'];

/** An option whose default is in this repository, wherever it is called from. */
const inRepository = (flags: string, description: string, path: string): Option =>
  new Option(flags, description).default(fileURLToPath(new URL(`../../${path}`, import.meta.url)), path);
/** Where npm was called, not where the package is. */
const here = (path: string): string => resolve(process.env['INIT_CWD'] ?? '.', path);

/** Ends the process, with a message that names the option, where the arguments are none that the command has. */
export function readOptions(): TuneOptions {
  const command = tuneCommand().parse();
  const options = command.opts();
  const [name] = command.args;
  if (name === undefined && options['draw'] === undefined) command.error("error: missing argument 'function', as monte-carlo");
  const tooLarge = options['powerValues']?.filter((memoryMb: number) => memoryMb > options['maxMemory']) ?? [];
  if (tooLarge.length > 0) command.error(`error: --power-values has more than --max-memory: ${tooLarge.join(', ')}`);
  return {
    name,
    isLocal: options['local'] === true,
    inputFile: options['input'] && here(options['input']),
    powerValues: options['powerValues'],
    maxMemoryMb: options['maxMemory'],
    num: options['num'],
    strategy: options['strategy'],
    balancedWeight: options['balancedWeight'],
    concurrencies: options['concurrency'],
    architecture: options['architecture'],
    s3LatencyMs: options['s3Latency'],
    ec2LatencyMs: options['ec2Latency'],
    withinPercent: options['within'],
    isJson: options['json'] === true,
    apply: options['apply'],
    isYes: options['yes'] === true,
    samconfigFile: here(options['samconfig']),
    resultsFolder: here(options['results']),
    drawnUrl: options['draw'],
  };
}

function tuneCommand(): Command {
  const latency = integerFrom(0, 60_000);
  return new Command('npm run power-tuning --')
    .description(
      'Measures a function at several memory settings, and says which one is the cheapest, the fastest, and the best of both.',
    )
    .allowExcessArguments(false)
    .argument('[function]', 'the name of its file in handlers/, as monte-carlo')
    .option('--local', 'on this machine, each setting with the CPU time that it buys; larger ones are modelled')
    .option('--input <file>', 'options of the state machine, as JSON (default: power-tuning/inputs/<function>.json)')
    .option(
      '--power-values <mb,mb,…>',
      'memory settings instead of those of the input',
      integersFrom(MIN_MEMORY_MB, MAX_MEMORY_MB),
    )
    .option(
      '--max-memory <mb>',
      'the most that the account may have: 3008 for new ones',
      integerFrom(MIN_MEMORY_MB, MAX_MEMORY_MB),
      MAX_MEMORY_MB,
    )
    .option('--num <count>', 'invocations of each setting', integerFrom(5))
    .addOption(new Option('--strategy <strategy>', 'what is recommended first').choices(STRATEGIES))
    .option('--balanced-weight <weight>', 'how much of `balanced` is the cost: 0 as speed, 1 as cost', numberFrom(0, 1))
    .option('--concurrency <count,count,…>', 'tunes the field `concurrencyField` of the payload as well', integersFrom(1))
    .addOption(
      new Option('--architecture <architecture>', 'whose price counts (default: that of the template)').choices(ARCHITECTURES),
    )
    .option('--s3-latency <ms>', 'latency of each S3 request, with --local', latency, 20)
    .option('--ec2-latency <ms>', 'latency of each EC2 request, with --local', latency, 40)
    .option(
      '--within <percent>',
      'names the cheapest setting that is so much slower than the fastest at most',
      numberFrom(0, 1000),
      10,
    )
    .option('--json', 'print the result as JSON on stdout, and nothing else: npm run --silent power-tuning -- … --json')
    .addOption(new Option('--apply <strategy>', 'write the recommended memory into samconfig.toml').choices(STRATEGIES))
    .option('--yes', 'with --apply: do not ask')
    .addOption(inRepository('--samconfig <file>', 'the file that --apply writes', 'samconfig.toml'))
    .addOption(inRepository('--results <folder>', 'where the result is kept', 'power-tuning/results'))
    .option('--draw <url>', 'draws a visualization URL of AWS Lambda Power Tuning instead');
}
