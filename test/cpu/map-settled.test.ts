import { createParallel, type TaskOutcome, workerRef } from 'lambda-parallel';
import { afterAll, describe, expect, test } from 'vitest';
import { begunCounts, endsOf, step, steps } from '../helpers/steps.ts';
import { threadGates } from '../helpers/thread-gate.ts';
import type { Stepped } from './workers/step.worker.ts';

const echo = workerRef<typeof import('./workers/echo.worker.ts')>(new URL('./workers/echo.worker.ts', import.meta.url));

const oneThread = createParallel({ workers: [step, echo], maxThreads: 1 });
const runtime = createParallel({ workers: [step, echo], maxThreads: 2 });
const { cpu } = runtime;
afterAll(() => Promise.all([oneThread[Symbol.asyncDispose](), runtime[Symbol.asyncDispose]()]));

/** Every third one throws. */
const mixed = (count: number) => steps(count, (id) => ({ ending: id % 3 === 2 ? 'throw' : undefined }));

const chunks = ['auto', 1, 4, 100] as const;

test.each(chunks)('cpu.mapSettled() has one outcome per item, in input order, whatever fails (chunk: %s)', async (chunk) => {
  const before = { ...cpu.statistics };
  const result = await cpu.mapSettled(mixed(31), step, { chunk });
  expect(result.outcomes).toEqual(
    mixed(31).map(({ id, ending }) =>
      ending === 'throw'
        ? { status: 'rejected', index: id, reason: new RangeError(`step ${id} failed`) }
        : { status: 'fulfilled', index: id, value: expect.objectContaining({ id }) },
    ),
  );
  expect(result).toMatchObject({ completionReason: 'all-settled', isInputExhausted: true });
  expect(result).toMatchObject({ fulfilledCount: 21, rejectedCount: 10, skippedCount: 0 });
  expect(cpu.statistics.fulfilledCount - before.fulfilledCount).toBe(21);
  expect(cpu.statistics.rejectedCount - before.rejectedCount).toBe(10);
  expect(cpu.statistics.skippedCount).toBe(before.skippedCount);
});

test('cpu.mapSettled() has undefined as a value and as a reason where that is what came of it', async () => {
  const result = await cpu.mapSettled([undefined, null], echo);
  expect(result.outcomes).toEqual([
    { status: 'fulfilled', index: 0, value: undefined },
    { status: 'fulfilled', index: 1, value: null },
  ]);
  expect('value' in (result.outcomes[0] as TaskOutcome<unknown>)).toBe(true);
  const promised = await cpu.mapSettled([Promise.reject(undefined)], echo);
  expect(promised.outcomes).toEqual([{ status: 'rejected', index: 0, reason: undefined }]);
});

describe('cpu.mapSettled() ends before its input', () => {
  /** Of 40 steps, the first `failures` throw; run one by one on one thread. */
  const settle = (failures: number, options: object, items = steps(40)) =>
    oneThread.cpu.mapSettled(
      items.map((each) => ({ ...each, ending: each.id < failures ? ('throw' as const) : undefined })),
      step,
      { chunk: 1, ...options },
    );

  test.each([
    [0, 0, { completionReason: 'all-settled', fulfilledCount: 40 }],
    [1, 0, { completionReason: 'failure-tolerance-exceeded' }],
    [3, 3, { completionReason: 'all-settled', rejectedCount: 3, fulfilledCount: 37 }],
    [40, 40, { completionReason: 'all-settled', rejectedCount: 40 }],
    [40, 39, { completionReason: 'failure-tolerance-exceeded', rejectedCount: 40, skippedCount: 0 }],
  ])('%d failures, toleratedFailureCount %d', async (failures, toleratedFailureCount, expected) => {
    const result = await settle(failures, { toleratedFailureCount });
    expect(result).toMatchObject(expected);
    expectConsistent(result.outcomes, result.completionReason);
  });

  test.each([
    [4, 10, { completionReason: 'all-settled', rejectedCount: 4 }],
    [5, 10, { completionReason: 'failure-tolerance-exceeded' }],
    [1, 0, { completionReason: 'failure-tolerance-exceeded' }],
    [40, 100, { completionReason: 'all-settled', rejectedCount: 40 }],
  ])('%d failures of 40, toleratedFailurePercentage %d', async (failures, toleratedFailurePercentage, expected) => {
    const result = await settle(failures, { toleratedFailurePercentage });
    expect(result).toMatchObject(expected);
    expectConsistent(result.outcomes, result.completionReason);
  });

  test('toleratedFailurePercentage needs an input of known length, and begins nothing without', async () => {
    const { memory, counts } = begunCounts(2);
    const items = steps(2, () => ({ begun: memory })).values();
    await expect(cpu.mapSettled(items, step, { toleratedFailurePercentage: 50 })).rejects.toThrow(TypeError);
    expect([...counts]).toEqual([0, 0]);
  });

  test.each([1, 5, 39, 40])('minSuccessful %d', async (minSuccessful) => {
    const result = await settle(0, { minSuccessful });
    expect(result.completionReason).toBe('min-successful-reached');
    // What was in the thread and what was next in line had begun.
    expect(result.fulfilledCount).toBeGreaterThanOrEqual(minSuccessful);
    expect(result.fulfilledCount).toBeLessThanOrEqual(minSuccessful + 2);
    expectConsistent(result.outcomes, result.completionReason);
  });

  test('minSuccessful that is not reached', async () => {
    expect(await settle(30, { minSuccessful: 11 })).toMatchObject({ completionReason: 'all-settled', fulfilledCount: 10 });
  });

  test('by whichever limit comes first', async () => {
    expect(await settle(2, { minSuccessful: 5, toleratedFailureCount: 1 })).toMatchObject({
      completionReason: 'failure-tolerance-exceeded',
    });
    expect(await settle(2, { minSuccessful: 5, toleratedFailureCount: 2 })).toMatchObject({
      completionReason: 'min-successful-reached',
    });
  });

  test('and lets the item that runs come to its end, and skips what was handed over with it', async () => {
    const gates = threadGates(2);
    const { memory, counts } = begunCounts(20);
    const run = cpu.mapSettled(
      steps(20, (id) => ({
        begun: memory,
        gate: id === 0 ? gates[0]?.memory : id === 10 ? gates[1]?.memory : undefined,
        ending: id === 10 ? 'throw' : undefined,
      })),
      step,
      { chunk: 10, toleratedFailureCount: 0 },
    );
    await Promise.all(gates.map((gate) => gate.arrived()));
    gates[1]?.open();
    // The thread of the failure runs its chunk to the end: it cannot know what is tolerated.
    await expect.poll(() => counts[19]).toBe(1);
    await expect.poll(() => cpu.statistics.runningCount).toBe(1);
    gates[0]?.open();
    const result = await run;
    expect(endsOf(result.outcomes)).toEqual([
      'fulfilled',
      ...new Array(9).fill('failure-tolerance-exceeded'),
      'RangeError',
      ...new Array(9).fill('fulfilled'),
    ]);
    expect([...counts]).toEqual([1, ...new Array(9).fill(0), ...new Array(10).fill(1)]);
  });

  test('with 100,000 items, of which most are skipped', async () => {
    const result = await settle(1, { toleratedFailureCount: 0, chunk: 'auto' }, steps(100_000));
    expect(result.completionReason).toBe('failure-tolerance-exceeded');
    expect(result.outcomes).toHaveLength(100_000);
    expect(result.skippedCount).toBeGreaterThan(99_000);
  });
});

/** An outcome for each index, and skipped for the reason that the run ended for. */
function expectConsistent(outcomes: readonly TaskOutcome<Stepped>[], completionReason: string): void {
  expect(outcomes.map(({ index }) => index)).toEqual(steps(40).map(({ id }) => id));
  for (const outcome of outcomes) if (outcome.status === 'skipped') expect(outcome.reason).toBe(completionReason);
}

test('cpu.mapSettled() runs nothing twice', async () => {
  const { memory, counts } = begunCounts(5000);
  for (const chunk of ['auto', 7, 1000] as const) {
    counts.fill(0);
    await cpu.mapSettled(
      steps(5000, () => ({ begun: memory })),
      step,
      { chunk },
    );
    expect(counts.every((count) => count === 1)).toBe(true);
  }
});
