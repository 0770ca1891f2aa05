import fc from 'fast-check';
import { createParallel, type Items, type TaskOutcome, type TaskScope, TaskTimeoutError } from 'lambda-parallel';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { countdown } from '../helpers/countdown.ts';

const MARGIN_MS = 20;
const MAX_IN_FLIGHT_BYTES = 8;

interface Job {
  readonly id: number;
  /** 0: answers without a promise. */
  readonly durationMs: number;
  readonly isFailing: boolean;
  /** Whether it stops when its signal aborts. */
  readonly isObedient: boolean;
  /** Up to 9, which is one more than ever fits. */
  readonly bytes: number;
  readonly isPromised: boolean;
}

const job = fc.record({
  durationMs: fc.nat({ max: 30 }),
  isFailing: fc.boolean(),
  isObedient: fc.boolean(),
  bytes: fc.nat({ max: MAX_IN_FLIGHT_BYTES + 1 }),
  isPromised: fc.boolean(),
});

const scenario = fc.record({
  jobs: fc.array(job, { maxLength: 25 }).map((jobs) => jobs.map((each, id): Job => ({ ...each, id }))),
  input: fc.constantFrom('array', 'set', 'generator', 'async-generator'),
  concurrency: fc.integer({ min: 1, max: 6 }),
  isWeighed: fc.boolean(),
  timeoutMs: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
  deadlineMs: fc.option(fc.nat({ max: 120 }), { nil: undefined }),
  abortMs: fc.option(fc.nat({ max: 120 }), { nil: undefined }),
  toleratedFailureCount: fc.option(fc.nat({ max: 5 }), { nil: undefined }),
  minSuccessful: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
  preserveOrder: fc.boolean(),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;

/** What a run did, seen from its tasks. */
class Observed {
  readonly startedIds: number[] = [];
  running = 0;
  peakRunning = 0;
  bytes = 0;
  peakBytes = 0;
  isToldToStop = false;
  startedAfterStop = 0;
  pulledCount = 0;

  *items(jobs: Job[]): Generator<Job | Promise<Job>> {
    for (const each of jobs) {
      this.pulledCount += 1;
      yield each.isPromised ? Promise.resolve(each) : each;
    }
  }

  readonly task = (each: Job, { signal, index }: TaskScope): string | Promise<string> => {
    if (index !== each.id) throw new Error(`index ${index} for item ${each.id}`);
    this.startedIds.push(each.id);
    if (this.isToldToStop) this.startedAfterStop += 1;
    signal.addEventListener('abort', () => {
      if (!(signal.reason instanceof TaskTimeoutError)) this.isToldToStop = true;
    });
    if (each.durationMs === 0) return this.#result(each);
    this.running += 1;
    this.bytes += each.bytes;
    this.peakRunning = Math.max(this.peakRunning, this.running);
    this.peakBytes = Math.max(this.peakBytes, this.bytes);
    return this.#wait(each, signal).finally(() => {
      this.running -= 1;
      this.bytes -= each.bytes;
    });
  };

  #result(each: Job): string {
    if (each.isFailing) throw new Error(`job ${each.id}`);
    return `value ${each.id}`;
  }

  #wait(each: Job, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        try {
          resolve(this.#result(each));
        } catch (error) {
          reject(error);
        }
      }, each.durationMs);
      if (!each.isObedient) return;
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    });
  }
}

function prepare({ jobs, input, concurrency, isWeighed, timeoutMs, deadlineMs, abortMs }: Scenario) {
  const observed = new Observed();
  const caller = new AbortController();
  const remainingTime = deadlineMs === undefined ? undefined : countdown(deadlineMs + MARGIN_MS);
  const runtime = createParallel({ deadlineMarginMs: MARGIN_MS }, remainingTime);
  if (abortMs !== undefined) setTimeout(() => caller.abort(new Error('caller')), abortMs);
  const promised = jobs.map((each) => (each.isPromised ? Promise.resolve(each) : each));
  async function* asyncItems() {
    yield* observed.items(jobs);
  }
  const inputs: Record<string, () => Items<Job>> = {
    array: () => promised,
    set: () => new Set(promised),
    generator: () => observed.items(jobs),
    'async-generator': asyncItems,
  };
  const options = {
    concurrency,
    signal: caller.signal,
    ...(isWeighed && { maxInFlightBytes: MAX_IN_FLIGHT_BYTES, weight: (each: Job) => each.bytes }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
  return { observed, runtime, items: inputs[input]?.() ?? [], options, isIterator: input.includes('generator') };
}

/** What holds of every run, whichever way it was called and whatever ended it. */
function expectOneOutcomeEach(outcomes: readonly TaskOutcome<string>[], run: Scenario, observed: Observed): void {
  const indexes = outcomes.map(({ index }) => index).sort((a, b) => a - b);
  expect(indexes).toEqual(indexes.map((_, index) => index));
  expect(new Set(observed.startedIds).size).toBe(observed.startedIds.length);
  const started = new Set(observed.startedIds);
  for (const outcome of outcomes) {
    const each = run.jobs[outcome.index] as Job;
    if (outcome.status === 'fulfilled') {
      expect(outcome.value).toBe(`value ${each.id}`);
      expect(each.isFailing).toBe(false);
    }
    const isTooHeavy = run.isWeighed && each.bytes > MAX_IN_FLIGHT_BYTES;
    if (outcome.status === 'rejected' && isTooHeavy) expect(outcome.reason).toBeInstanceOf(RangeError);
    else expect(started.has(outcome.index)).toBe(outcome.status !== 'skipped');
  }
  expect(observed.startedAfterStop).toBe(0);
  // A task that goes on after its timeout has given its slot and its bytes back.
  if (run.timeoutMs === undefined) {
    expect(observed.peakRunning).toBeLessThanOrEqual(run.concurrency);
    if (run.isWeighed) expect(observed.peakBytes).toBeLessThanOrEqual(MAX_IN_FLIGHT_BYTES);
  }
}

function expectAsManyAsRead(count: number, { jobs, input, concurrency }: Scenario, { pulledCount }: Observed): void {
  if (input === 'async-generator') {
    // What was asked for and not answered when the run stopped did not become an item.
    expect(count).toBeLessThanOrEqual(pulledCount);
    expect(count).toBeGreaterThanOrEqual(pulledCount - concurrency);
  } else expect(count).toBe(input === 'generator' ? pulledCount : jobs.length);
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('io.mapSettled() has exactly one outcome per item, whatever fails and whatever ends it', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (run) => {
      const startedAt = Date.now();
      const { observed, runtime, items, options } = prepare(run);
      const { toleratedFailureCount, minSuccessful, deadlineMs } = run;
      const settled = runtime.io
        .mapSettled(items, observed.task, {
          ...options,
          ...(toleratedFailureCount !== undefined && { toleratedFailureCount }),
          ...(minSuccessful !== undefined && { minSuccessful }),
        })
        .then((result) => ({ result, tookMs: Date.now() - startedAt }));
      await vi.runAllTimersAsync();
      const { result, tookMs } = await settled;
      const { outcomes, completionReason, fulfilledCount, rejectedCount, skippedCount, isInputExhausted } = result;

      expectOneOutcomeEach(outcomes, run, observed);
      expectAsManyAsRead(outcomes.length, run, observed);
      expect(outcomes.map(({ index }) => index)).toEqual(outcomes.map((_, index) => index));
      expect(fulfilledCount + rejectedCount + skippedCount).toBe(outcomes.length);
      for (const { reason } of result.skipped) expect(reason).toBe(completionReason);
      if (completionReason === 'all-settled') {
        expect(skippedCount).toBe(0);
        expect(isInputExhausted).toBe(true);
        expect(rejectedCount).toBeLessThanOrEqual(toleratedFailureCount ?? rejectedCount);
      }
      if (completionReason === 'min-successful-reached')
        expect(fulfilledCount).toBeGreaterThanOrEqual(minSuccessful ?? Number.NaN);
      if (completionReason === 'failure-tolerance-exceeded')
        expect(rejectedCount).toBeGreaterThan(toleratedFailureCount ?? Number.NaN);
      if (deadlineMs !== undefined) expect(tookMs).toBeLessThanOrEqual(deadlineMs + MARGIN_MS / 2 + 1);
      expect(runtime.statistics.io.runningCount).toBe(0);
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 1000 },
  );
});

test('io.stream() yields exactly one outcome per item that was read, whatever fails and whatever ends it', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (run) => {
      const startedAt = Date.now();
      const { observed, runtime, items, options, isIterator } = prepare(run);
      const outcomes: TaskOutcome<string>[] = [];
      const consume = async () => {
        try {
          for await (const outcome of runtime.io.stream(items, observed.task, { ...options, preserveOrder: run.preserveOrder })) {
            expect(outcome.item).toBe(run.jobs[outcome.index]);
            outcomes.push(outcome);
          }
          return undefined;
        } catch (error) {
          return { error };
        } finally {
          expect(Date.now() - startedAt).toBeLessThanOrEqual((run.deadlineMs ?? Number.POSITIVE_INFINITY) + MARGIN_MS / 2 + 1);
        }
      };
      const streamed = consume();
      await vi.runAllTimersAsync();
      const failure = await streamed;

      expectOneOutcomeEach(outcomes, run, observed);
      expectAsManyAsRead(outcomes.length, run, observed);
      if (run.preserveOrder) expect(outcomes.map(({ index }) => index)).toEqual(outcomes.map((_, index) => index));
      if (!isIterator) expect(failure).toBeUndefined();
      if (failure)
        expect(['caller', 'Cannot go on: less than']).toContainEqual(
          expect.toSatisfy((start) => String(failure.error).includes(start)),
        );
      expect(runtime.statistics.io.runningCount).toBe(0);
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 1000 },
  );
});
