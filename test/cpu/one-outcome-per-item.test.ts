import fc from 'fast-check';
import { type CpuMapSettledOptions, type createParallel, type Items, type TaskOutcome, withParallel } from 'lambda-parallel';
import { expect, test } from 'vitest';
import { lambdaContext } from '../helpers/lambda-context.ts';
import { step } from '../helpers/steps.ts';
import { turn } from '../helpers/turn.ts';
import type { Ending, Step, Stepped } from './workers/step.worker.ts';

const MARGIN_MS = 40;
const RUNS = 50;

/** What becomes of a step where nothing stops it. */
const ENDS: Readonly<Record<string, string>> = {
  throw: 'RangeError',
  exit: 'WorkerCrashedError',
  uncaught: 'WorkerCrashedError',
  unhandled: 'WorkerCrashedError',
  hang: 'TaskTimeoutError',
  never: 'TaskTimeoutError',
};

interface Job {
  readonly input: Step;
  readonly isPromised: boolean;
  /** Its promise is rejected: it never becomes an item. */
  readonly isMissing: boolean;
}

const ending: fc.Arbitrary<Ending | undefined> = fc.oneof(
  { weight: 16, arbitrary: fc.constant(undefined) },
  { weight: 5, arbitrary: fc.constant<Ending>('throw') },
  { weight: 5, arbitrary: fc.constant<Ending>('later') },
  { weight: 1, arbitrary: fc.constantFrom<Ending>('exit', 'uncaught', 'unhandled', 'hang', 'never') },
);

const job = fc.record({
  ending,
  busyMs: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 8 }) }),
  isPromised: fc.boolean(),
  isMissing: fc.oneof({ weight: 19, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

const scenario = fc.record({
  jobs: fc
    .array(job, { maxLength: 30 })
    .map((jobs) => jobs.map(({ busyMs, ending: end, ...more }, id): Job => ({ ...more, input: { id, busyMs, ending: end } }))),
  input: fc.constantFrom('array', 'set', 'generator', 'async-generator'),
  chunk: fc.oneof(fc.constant<'auto'>('auto'), fc.integer({ min: 1, max: 12 })),
  /** With a timeout, so that what hangs comes to an end. */
  stop: fc.constantFrom('nothing', 'nothing', 'abort', 'deadline'),
  stopMs: fc.nat({ max: 60 }),
  toleratedFailureCount: fc.option(fc.nat({ max: 5 }), { nil: undefined }),
  minSuccessful: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
  preserveOrder: fc.boolean(),
  backpressure: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;

/** What an input that was given in this way came to, seen from the caller's side. */
interface Given {
  readonly items: Items<Step>;
  readonly isIterator: boolean;
  pulledCount(): number;
}

const missing = new Error('missing');

function given({ jobs, input }: Scenario): Given {
  const arriving = jobs.map(({ input: each, isPromised, isMissing }): Step | Promise<Step> => {
    if (isMissing) return Promise.reject(missing);
    return isPromised ? Promise.resolve(each) : each;
  });
  let pulledCount = 0;
  function* pulled(): Generator<Step | Promise<Step>> {
    for (const each of arriving) {
      pulledCount += 1;
      yield each;
    }
  }
  // One that hands promises on, as an async generator does not.
  const asyncIterator = (): AsyncIterator<Step | Promise<Step>> => {
    const iterator = pulled();
    return {
      next: async () => {
        await turn();
        return iterator.next();
      },
    };
  };
  for (const each of arriving) if (each instanceof Promise) each.catch(() => undefined);
  const inputs: Record<string, () => Items<Step>> = {
    array: () => arriving,
    set: () => new Set(arriving),
    generator: pulled,
    'async-generator': () => ({ [Symbol.asyncIterator]: asyncIterator }),
  };
  return { items: inputs[input]?.() ?? [], isIterator: input.includes('generator'), pulledCount: () => pulledCount };
}

/** Long enough for a busy machine, which now and then gives a thread nothing for a tenth of a second. */
const TIMEOUT_MS = 250;

/** All runs have the same two threads, which have to survive each of them. */
const handler = withParallel(
  { workers: [step], maxThreads: 2, deadlineMarginMs: MARGIN_MS },
  (body: (parallel: Parallel) => Promise<unknown>, { parallel }) => body(parallel),
);
type Parallel = ReturnType<typeof createParallel>;

async function inScenario<Result>(
  run: Scenario,
  body: (parallel: Parallel, options: CpuMapSettledOptions) => Promise<Result>,
): Promise<Result> {
  const { stop, stopMs, chunk } = run;
  const caller = new AbortController();
  const timer = stop === 'abort' ? setTimeout(() => caller.abort(new Error('caller')), stopMs) : undefined;
  const context = lambdaContext(stop === 'deadline' ? stopMs + MARGIN_MS : 60_000);
  try {
    const options = { chunk, signal: caller.signal, timeoutMs: TIMEOUT_MS };
    return (await handler((parallel) => body(parallel, options), context)) as Result;
  } finally {
    clearTimeout(timer);
  }
}

/** What holds of every run, whichever way it was called and whatever ended it. */
function expectOneOutcomeEach(outcomes: readonly TaskOutcome<Stepped>[], { jobs }: Scenario, isStopped: boolean): void {
  const indexes = outcomes.map(({ index }) => index).sort((a, b) => a - b);
  expect(indexes).toEqual(indexes.map((_, index) => index));
  for (const outcome of outcomes) {
    const { input, isMissing } = jobs[outcome.index] as Job;
    if (outcome.status === 'skipped') continue;
    if (outcome.status === 'fulfilled') {
      expect(outcome.value.id).toBe(input.id);
      expect([undefined, 'later']).toContain(input.ending);
      expect(isMissing).toBe(false);
      continue;
    }
    const { name } = outcome.reason as Error;
    if (isMissing) expect(outcome.reason).toBe(missing);
    // Of a chunk that did not end in time nothing comes back, what had ended in it included.
    else if (isStopped && name === 'TaskAbandonedError') continue;
    else expect(name).toBe(ENDS[String(input.ending)]);
  }
}

test('cpu.mapSettled() has exactly one outcome per item, whatever fails and whatever ends it', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (run) => {
      const { items, isIterator, pulledCount } = given(run);
      const { toleratedFailureCount, minSuccessful } = run;
      const { result, statistics } = await inScenario(run, async ({ cpu }, options) => ({
        result: await cpu.mapSettled(items, step, {
          ...options,
          ...(toleratedFailureCount !== undefined && { toleratedFailureCount }),
          ...(minSuccessful !== undefined && { minSuccessful }),
        }),
        statistics: { ...cpu.statistics },
      }));
      const { outcomes, completionReason, fulfilledCount, rejectedCount, skippedCount, isInputExhausted } = result;
      expectOneOutcomeEach(outcomes, run, completionReason !== 'all-settled');
      expect(outcomes.map(({ index }) => index)).toEqual(outcomes.map((_, index) => index));
      if (isIterator) {
        expect(outcomes.length).toBeLessThanOrEqual(pulledCount());
        // What was asked for and not answered when the run stopped did not become an item.
        expect(outcomes.length).toBeGreaterThanOrEqual(pulledCount() - (run.input === 'generator' ? 0 : 1));
      } else expect(outcomes).toHaveLength(run.jobs.length);
      expect({ fulfilledCount, rejectedCount, skippedCount }).toEqual(countsOf(outcomes));
      expect(statistics).toMatchObject({ fulfilledCount, rejectedCount, skippedCount });
      for (const { reason } of result.skipped) expect(reason).toBe(completionReason);
      if (completionReason === 'all-settled') {
        expect({ skippedCount, isInputExhausted }).toEqual({ skippedCount: 0, isInputExhausted: true });
        expect(outcomes).toHaveLength(run.jobs.length);
        expect(rejectedCount).toBeLessThanOrEqual(toleratedFailureCount ?? rejectedCount);
        expect(statistics.runningCount).toBe(0);
      }
      if (completionReason === 'min-successful-reached') {
        expect(fulfilledCount).toBeGreaterThanOrEqual(minSuccessful ?? Number.NaN);
      }
      if (completionReason === 'failure-tolerance-exceeded') {
        expect(rejectedCount).toBeGreaterThan(toleratedFailureCount ?? Number.NaN);
      }
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
});

test('cpu.stream() yields exactly one outcome per item that was read, whatever fails and whatever ends it', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (scenarioWithMissing) => {
      // Without an item there is no outcome: that is another test.
      const run = { ...scenarioWithMissing, jobs: scenarioWithMissing.jobs.map((each) => ({ ...each, isMissing: false })) };
      const { items, isIterator } = given(run);
      const { preserveOrder, backpressure } = run;
      const { outcomes, failure, statistics } = await inScenario(run, async ({ cpu }, options) => {
        const outcomes: TaskOutcome<Stepped>[] = [];
        let failure: unknown;
        try {
          const more = backpressure === undefined ? {} : { backpressure };
          for await (const outcome of cpu.stream(items, step, { ...options, ...more, preserveOrder })) {
            expect(outcome.item).toBe(run.jobs[outcome.index]?.input);
            outcomes.push(outcome);
          }
        } catch (error) {
          failure = error;
        }
        return { outcomes, failure, statistics: { ...cpu.statistics } };
      });
      if (failure !== undefined && !/caller|less than the deadline margin/.test(String(failure))) throw failure;
      expectOneOutcomeEach(outcomes, run, run.stop !== 'nothing');
      if (preserveOrder) expect(outcomes.map(({ index }) => index)).toEqual(outcomes.map((_, index) => index));
      if (!isIterator) expect(failure).toBeUndefined();
      if (failure === undefined) expect(outcomes).toHaveLength(run.jobs.length);
      expect(statistics).toMatchObject(countsOf(outcomes));
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
});

test('cpu.map() has all values, or one failure', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (run) => {
      const { items } = given(run);
      const failing = run.jobs.some(({ input, isMissing }) => isMissing || String(input.ending) in ENDS);
      const [settled] = await inScenario(run, async ({ cpu }, options) => Promise.allSettled([cpu.map(items, step, options)]));
      if (settled.status === 'fulfilled') {
        expect(settled.value.map(({ id }) => id)).toEqual(run.jobs.map(({ input }) => input.id));
        expect(failing).toBe(false);
      } else if (run.stop === 'nothing') {
        expect(failing).toBe(true);
        const expected = run.jobs.flatMap(({ input, isMissing }) => (isMissing ? 'Error' : (ENDS[String(input.ending)] ?? [])));
        expect(expected).toContain((settled.reason as Error).name);
      } else expect((settled.reason as Error).name).not.toBe('TaskAbandonedError');
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
});

function countsOf(outcomes: readonly TaskOutcome<unknown>[]): Record<string, number> {
  const count = (status: string): number => outcomes.filter((outcome) => outcome.status === status).length;
  return { fulfilledCount: count('fulfilled'), rejectedCount: count('rejected'), skippedCount: count('skipped') };
}
