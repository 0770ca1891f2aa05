import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { TuningInputError } from '../../../power-tuning/input/input-error.ts';
import { readInput, readInputFile } from '../../../power-tuning/input/read-input.ts';
import { rejectionOf } from '../../helpers/rejection-of.ts';

const errorOf = (value: unknown, options = {}): TuningInputError => {
  try {
    readInput(value, 'inputs/sum.json', options);
  } catch (error) {
    if (error instanceof TuningInputError) return error;
    throw error;
  }
  throw new Error('It was read');
};
const problemsOf = (value: unknown, options = {}): readonly string[] => errorOf(value, options).problems;

async function fileWith(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tuning-input-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'sum.json');
  await writeFile(file, text);
  return file;
}

test('an input that says only `num` has the defaults of the state machine, and the vCPU steps', () => {
  expect(readInput({ num: 10 }, 'inputs/sum.json')).toEqual({
    num: 10,
    powerValues: [128, 512, 1024, 1769, 3538, 5307, 7076, 8845, 10_240],
    payload: null,
    parallelInvocation: false,
    strategy: 'cost',
    balancedWeight: 0.5,
    autoOptimize: false,
    dryRun: false,
    discardTopBottom: 0.2,
    sleepBetweenRunsMs: 0,
    includeOutputResults: false,
    onlyColdStarts: false,
    disablePayloadLogs: false,
    allowedExceptions: [],
  });
});

test('an input that says everything is read as it is', () => {
  const input = {
    num: 100,
    powerValues: [3008, 128],
    payload: { items: [1, 2], width: 4 },
    parallelInvocation: true,
    strategy: 'balanced',
    balancedWeight: 0.3,
    autoOptimize: true,
    autoOptimizeAlias: 'live',
    dryRun: true,
    preProcessorARN: 'arn:aws:lambda:eu-west-1:123456789012:function:fill',
    postProcessorARN: 'arn:aws-cn:lambda:cn-north-1:123456789012:function:clear',
    discardTopBottom: 0.4,
    sleepBetweenRunsMs: 50,
    includeOutputResults: true,
    onlyColdStarts: true,
    disablePayloadLogs: true,
    allowedExceptions: ['TooBusyError'],
    concurrencyField: 'width',
  };
  expect(readInput(input, 'inputs/sum.json')).toEqual(input);
  expect(readInput({ num: 5, payloadS3: 's3://events/large.json' }, 'inputs/sum.json').payloadS3).toBe('s3://events/large.json');
});

test('what was read can be read again, so that a command may put its own options over it', () => {
  for (const value of [
    { num: 5, powerValues: 'ALL' },
    { num: 5, payloadS3: 's3://events/large.json' },
  ]) {
    const input = readInput(value, 'inputs/sum.json');
    expect(readInput(input, 'inputs/sum.json')).toEqual(input);
  }
});

test('`powerValues` may be "ALL", and an empty list is none', () => {
  const all = readInput({ num: 5, powerValues: 'ALL' }, 'inputs/sum.json').powerValues;
  expect([all.length, all[0], all[1], all.at(-1)]).toEqual([46, 128, 192, 3008]);
  expect(readInput({ num: 5, powerValues: [] }, 'inputs/sum.json').powerValues).toHaveLength(9);
});

test('the maximum memory caps the default settings, and an input that asks for more is refused', () => {
  const capped = { maxMemoryMb: 3008 };
  expect(readInput({ num: 5 }, 'inputs/sum.json', capped).powerValues).toEqual([128, 512, 1024, 1769, 3008]);
  expect(problemsOf({ num: 5, powerValues: [128, 3009, 10_240] }, capped)).toEqual([
    'powerValues must be 3008 at most, the maximum memory: 3009, 10240',
  ]);
});

test.each([
  [{ num: 4 }, 'num must be an integer >= 5: 4'],
  [{ num: 5.5 }, 'num must be an integer >= 5: 5.5'],
  [{ num: '10' }, 'num must be an integer >= 5: "10"'],
  [{}, 'num must be given: it has no default'],
  [{ num: 5, powerValues: [128, 127] }, 'powerValues.1 must be an integer from 128 to 10240: 127'],
  [{ num: 5, powerValues: [10_241] }, 'powerValues.0 must be an integer from 128 to 10240: 10241'],
  [{ num: 5, powerValues: ['128'] }, 'powerValues.0 must be an integer from 128 to 10240: "128"'],
  [{ num: 5, powerValues: 'SOME' }, 'powerValues must be a list of memory settings in MB, or "ALL": "SOME"'],
  [{ num: 5, powerValues: [128, 128] }, 'powerValues must name each memory setting once: [ 128, 128 ]'],
  [{ num: 5, strategy: 'fast' }, 'strategy must be "cost", "speed" or "balanced": "fast"'],
  [{ num: 5, balancedWeight: 1.1 }, 'balancedWeight must be a number from 0 to 1: 1.1'],
  [{ num: 5, discardTopBottom: 0.41 }, 'discardTopBottom must be a number from 0 to 0.4: 0.41'],
  [{ num: 5, sleepBetweenRunsMs: -1 }, 'sleepBetweenRunsMs must be an integer from 0 to 900000: -1'],
  [{ num: 5, parallelInvocation: 'yes' }, 'parallelInvocation must be true or false: "yes"'],
  [{ num: 5, onlyColdStarts: null }, 'onlyColdStarts must be true or false: null'],
  [{ num: 5, payloadS3: 'events/a.json' }, 'payloadS3 must be an S3 object as s3://bucket/key: "events/a.json"'],
  [{ num: 5, payloadS3: 's3://b/k', payload: {} }, 'payload must be left out where payloadS3 is given: both are there'],
  [{ num: 5, autoOptimizeAlias: '12' }, 'autoOptimizeAlias must be the name of an alias: "12"'],
  [{ num: 5, allowedExceptions: [1] }, 'allowedExceptions.0 must be the name of an error type: 1'],
  [
    { num: 5, preProcessorARN: 'arn:aws:lambda:eu-west-1:123456789012:function:fill:1' },
    'preProcessorARN must be the ARN of a function, without version or alias: "arn:aws:lambda:eu-west-1:123456789012:function:fill:1"',
  ],
  [{ num: 5, lambdaARN: 'arn:…' }, 'lambdaARN must be left out: the function is named on the command line'],
  [{ num: 5, payload: { n: 1 }, concurrencyField: 'm' }, 'concurrencyField must name a field of the payload: "m"'],
  [{ num: 5, payload: '{"n":1}', concurrencyField: 'n' }, 'concurrencyField must name a field of the payload: "n"'],
  [7, 'it must be an object of options: 7'],
])('%j is refused with what must be, and what is', (value, problem) => {
  expect(problemsOf(value)).toEqual([problem]);
});

test('an unknown option is refused with those that are known', () => {
  const [problem] = problemsOf({ num: 5, powervalues: [128] });
  expect(problem).toMatch(
    /^powervalues is unknown; known are num, powerValues, payload, .*, allowedExceptions, concurrencyField$/,
  );
});

test('a list is no input', () => {
  expect(problemsOf([{ num: 5 }])[0]).toMatch(/^it must be an object of options/);
});

test('the error has a code, names the file and everything that is wrong', () => {
  const error = errorOf({ num: 1, strategy: 'fast' });
  expect(error).toMatchObject({ name: 'TuningInputError', code: 'ERR_TUNING_INPUT', file: 'inputs/sum.json' });
  expect(error.message).toBe(
    'Cannot read inputs/sum.json as it has 2 problems:\n  num must be an integer >= 5: 1\n  strategy must be "cost", "speed" or "balanced": "fast"',
  );
  expect(errorOf({ num: 1 }).message).toBe('Cannot read inputs/sum.json: num must be an integer >= 5: 1');
});

test('readInputFile() reads a file', async () => {
  expect(await readInputFile(await fileWith('{ "num": 7 }'), { maxMemoryMb: 512 })).toMatchObject({
    num: 7,
    powerValues: [128, 512],
  });
});

test('a file that is not JSON, or not there, is an error that names it', async () => {
  const file = await fileWith('{ num: 7 }');
  const notJson = await rejectionOf(readInputFile(file));
  expect(notJson).toMatchObject({ code: 'ERR_TUNING_INPUT', file, cause: expect.any(SyntaxError) });
  expect(String(notJson)).toContain(`Cannot read ${file}: it must be JSON: `);

  const missing = await rejectionOf(readInputFile(`${file}.no`));
  expect(missing).toMatchObject({ code: 'ERR_TUNING_INPUT', cause: { code: 'ENOENT' } });
  expect(String(missing)).toContain(`Cannot read ${file}.no: there is no such file; `);
});
