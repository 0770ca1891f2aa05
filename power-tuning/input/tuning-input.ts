import { check, type InferOutput, optional, picklist, pipe, strictObject, string, unknown } from 'valibot';
import { flag, integerIn, listOf, numberIn, textLike, wordOr } from './option-kinds.ts';
import { MAX_MEMORY_MB, MIN_MEMORY_MB } from './power-values.ts';

/** What a function of the state machine runs for, at most: it could not sleep longer. */
const LONGEST_SLEEP_MS = 900_000;

const functionArn = () =>
  // The state machine finds the region in it and refuses one with a qualifier.
  textLike(/^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+$/, 'the ARN of a function, without version or alias');

/**
 * The input of AWS Lambda Power Tuning 4.4.0, with its defaults, and one option of our own. `lambdaARN` is not in it: the command finds it.
 *
 * Where the state machine would bend a wrong value to the next right one, it is an error here.
 * https://github.com/alexcasalboni/aws-lambda-power-tuning/blob/master/README-EXECUTE.md#state-machine-input-at-execution-time
 */
const tuningInputEntries = {
  /** Invocations of each setting. */
  num: integerIn(5),
  powerValues: optional(
    wordOr(
      'ALL',
      pipe(
        listOf(integerIn(MIN_MEMORY_MB, MAX_MEMORY_MB), 'memory settings in MB, or "ALL"'),
        check((values) => new Set(values).size === values.length, 'must name each memory setting once'),
      ),
    ),
  ),
  /** One for all invocations, or `[{ payload, weight }]`. */
  payload: optional(unknown(), null),
  payloadS3: optional(textLike(/^s3:\/\/[^/]+\/./, 'an S3 object as s3://bucket/key')),
  parallelInvocation: optional(flag(), false),
  strategy: optional(picklist(['cost', 'speed', 'balanced'], 'must be "cost", "speed" or "balanced"'), 'cost'),
  /** 0: as `speed`; 1: as `cost`. */
  balancedWeight: optional(numberIn(0, 1), 0.5),
  autoOptimize: optional(flag(), false),
  autoOptimizeAlias: optional(textLike(/^(?!\d+$)[\w-]{1,128}$/, 'the name of an alias')),
  /** Invokes once at each setting and evaluates nothing. */
  dryRun: optional(flag(), false),
  preProcessorARN: optional(functionArn()),
  postProcessorARN: optional(functionArn()),
  /** Share of the invocations that is left out at either end. With `onlyColdStarts` none is. */
  discardTopBottom: optional(numberIn(0, 0.4), 0.2),
  sleepBetweenRunsMs: optional(integerIn(0, LONGEST_SLEEP_MS), 0),
  includeOutputResults: optional(flag(), false),
  onlyColdStarts: optional(flag(), false),
  disablePayloadLogs: optional(flag(), false),
  /** Error types of the function that are no reason to stop. */
  allowedExceptions: optional(listOf(string('must be the name of an error type'), 'error types'), []),
  /** Our own: the field of the payload that `--concurrency` sets. */
  concurrencyField: optional(textLike(/./, 'the name of a field of the payload')),
};

const knownOptions = Object.keys(tuningInputEntries).join(', ');

export const TuningInputSchema = strictObject(tuningInputEntries, ({ expected, received }) => {
  if (expected === 'Object') return 'must be an object of options';
  if (expected !== 'never') return 'must be given: it has no default';
  if (received === '"lambdaARN"') return 'must be left out: the function is named on the command line';
  return `is unknown; known are ${knownOptions}`;
});

/** What an input file says, with every default filled in. */
export interface TuningInput extends Omit<InferOutput<typeof TuningInputSchema>, 'powerValues'> {
  /** In the order of the input: where two settings are as good, the first is recommended. */
  readonly powerValues: readonly number[];
}
