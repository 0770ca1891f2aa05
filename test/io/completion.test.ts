import { createParallel, type IoMapSettledOptions, type RunStoppedError } from 'lambda-parallel';
import { describe, expect, test, vi } from 'vitest';
import { toldToStop } from '../helpers/told-to-stop.ts';
import { turn } from '../helpers/turn.ts';

/** Of 10 items, run one by one, the first `failures` fail. */
async function runWith(
  failures: number,
  options: IoMapSettledOptions<number>,
  items: Iterable<number> = Array.from({ length: 10 }, (_, i) => i),
) {
  await using runtime = createParallel();
  const task = (item: number) => {
    if (item < failures) throw new Error(`failure ${item}`);
    return item;
  };
  return await runtime.io.mapSettled(items, task, { concurrency: 1, ...options });
}

const allSettled = { completionReason: 'all-settled', skippedCount: 0 };
const tooMany = 'failure-tolerance-exceeded';

describe('io.mapSettled()', () => {
  test('goes on to the end without options, whatever fails', async () => {
    expect(await runWith(10, {})).toMatchObject({ ...allSettled, rejectedCount: 10 });
  });

  test.each([
    [0, 0, allSettled],
    [1, 0, { completionReason: tooMany, rejectedCount: 1, fulfilledCount: 0, skippedCount: 9 }],
    [3, 3, { ...allSettled, rejectedCount: 3, fulfilledCount: 7 }],
    [4, 3, { completionReason: tooMany, rejectedCount: 4, fulfilledCount: 0, skippedCount: 6 }],
    [10, 9, { completionReason: tooMany, rejectedCount: 10, skippedCount: 0 }],
    [10, 10, { ...allSettled, rejectedCount: 10 }],
  ])('%d failures, toleratedFailureCount %d', async (failures, toleratedFailureCount, expected) => {
    expect(await runWith(failures, { toleratedFailureCount })).toMatchObject(expected);
  });

  test.each([
    [0, 0, allSettled],
    [1, 0, { completionReason: tooMany, rejectedCount: 1, skippedCount: 9 }],
    [3, 30, { ...allSettled, rejectedCount: 3 }],
    [4, 30, { completionReason: tooMany, rejectedCount: 4, skippedCount: 6 }],
    [3, 29.9, { completionReason: tooMany, rejectedCount: 3, skippedCount: 7 }],
    [10, 100, { ...allSettled, rejectedCount: 10 }],
  ])('%d failures of 10, toleratedFailurePercentage %d', async (failures, toleratedFailurePercentage, expected) => {
    expect(await runWith(failures, { toleratedFailurePercentage })).toMatchObject(expected);
    expect(await runWith(failures, { toleratedFailurePercentage }, new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))).toMatchObject(
      expected,
    );
  });

  test('stops at the lower of both tolerances', async () => {
    expect(await runWith(10, { toleratedFailurePercentage: 50, toleratedFailureCount: 2 })).toMatchObject({ rejectedCount: 3 });
    expect(await runWith(10, { toleratedFailurePercentage: 10, toleratedFailureCount: 5 })).toMatchObject({ rejectedCount: 2 });
  });

  test('throws a TypeError for toleratedFailurePercentage with an iterator, and pulls nothing', async () => {
    const pulled = vi.fn();
    function* items() {
      pulled();
      yield 1;
    }
    const expected = expect.objectContaining({
      name: 'TypeError',
      message: expect.stringMatching(/toleratedFailurePercentage.*toleratedFailureCount/),
    });
    await expect(runWith(0, { toleratedFailurePercentage: 10 }, items())).rejects.toEqual(expected);
    expect(pulled).not.toHaveBeenCalled();
    expect(await runWith(0, { toleratedFailurePercentage: 100 }, items())).toMatchObject(allSettled);
  });

  test.each([
    [1, 0, { completionReason: 'min-successful-reached', fulfilledCount: 1, skippedCount: 9 }],
    [3, 5, { completionReason: 'min-successful-reached', fulfilledCount: 3, rejectedCount: 5, skippedCount: 2 }],
    [10, 0, { completionReason: 'min-successful-reached', fulfilledCount: 10, skippedCount: 0 }],
    [10, 1, { ...allSettled, fulfilledCount: 9, rejectedCount: 1 }],
    [11, 0, { ...allSettled, fulfilledCount: 10 }],
  ])('minSuccessful %d, %d failures', async (minSuccessful, failures, expected) => {
    expect(await runWith(failures, { minSuccessful })).toMatchObject(expected);
  });

  test('takes whichever of minSuccessful and toleratedFailureCount comes first', async () => {
    expect(await runWith(2, { minSuccessful: 1, toleratedFailureCount: 1 })).toMatchObject({ completionReason: tooMany });
    expect(await runWith(1, { minSuccessful: 1, toleratedFailureCount: 1 })).toMatchObject({
      completionReason: 'min-successful-reached',
    });
  });

  test('gives each skipped item the reason', async () => {
    const result = await runWith(0, { minSuccessful: 8 });
    expect(result.skipped).toEqual([
      { status: 'skipped', index: 8, reason: 'min-successful-reached' },
      { status: 'skipped', index: 9, reason: 'min-successful-reached' },
    ]);
  });

  test('tells the tasks in flight why they are to stop, and gives them their own outcomes', async () => {
    await using runtime = createParallel();
    const told: RunStoppedError[] = [];
    const task = async (item: string, { signal }: { signal: AbortSignal }) => {
      if (item === 'fails') {
        await turn();
        throw new Error('failed');
      }
      await toldToStop(signal).catch((reason) => told.push(reason));
      return item;
    };
    const result = await runtime.io.mapSettled(['a', 'fails', 'b', 'c'], task, { concurrency: 3, toleratedFailureCount: 0 });
    expect(result).toMatchObject({ values: ['a', 'b'], rejectedCount: 1, skippedCount: 1, completionReason: tooMany });
    expect(told).toHaveLength(2);
    expect(told[0]).toMatchObject({
      code: 'ERR_PARALLEL_RUN_STOPPED',
      message: 'Stopped: 1 items were rejected, more than the 0 that are tolerated',
      cause: new Error('failed'),
    });
  });
});

test('io.mapSettled() tolerates exactly toleratedFailurePercentage, also where it has no exact binary form', async () => {
  await using runtime = createParallel();
  const items = Array.from({ length: 375 }, (_, index) => index);
  const failing = (failureCount: number) => async (item: number) => {
    if (item < failureCount) throw new Error('wrong');
  };
  const options = { toleratedFailurePercentage: 18.4 };
  expect((await runtime.io.mapSettled(items, failing(69), options)).completionReason).toBe('all-settled');
  expect((await runtime.io.mapSettled(items, failing(70), options)).completionReason).toBe('failure-tolerance-exceeded');
});
