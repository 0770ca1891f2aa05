import { ParallelResult, type TaskOutcome } from 'lambda-parallel';
import { expect, test } from 'vitest';

const outcomes: TaskOutcome<string | undefined>[] = [
  { status: 'fulfilled', index: 0, value: 'a' },
  { status: 'rejected', index: 1, reason: undefined },
  { status: 'skipped', index: 2, reason: 'deadline' },
  { status: 'fulfilled', index: 3, value: undefined },
  { status: 'skipped', index: 4, reason: 'deadline' },
  { status: 'skipped', index: 5, reason: 'deadline' },
];

test('ParallelResult counts the outcomes and sorts them by status, in input order', () => {
  const result = new ParallelResult(outcomes, 'deadline', true);
  expect(result).toMatchObject({
    fulfilledCount: 2,
    rejectedCount: 1,
    skippedCount: 3,
    completionReason: 'deadline',
    isInputExhausted: true,
  });
  expect(result.outcomes).toBe(outcomes);
  expect(result.rejected).toEqual([outcomes[1]]);
  expect(result.skipped).toEqual([outcomes[2], outcomes[4], outcomes[5]]);
});

test('ParallelResult keeps values that are undefined', () => {
  expect(new ParallelResult(outcomes, 'deadline', true).values).toEqual(['a', undefined]);
});

test('ParallelResult of nothing has nothing', () => {
  const result = new ParallelResult([], 'all-settled', true);
  expect(result).toMatchObject({ fulfilledCount: 0, rejectedCount: 0, skippedCount: 0, values: [], rejected: [], skipped: [] });
});

test('ParallelResult can be logged as JSON', () => {
  const result = new ParallelResult([{ status: 'fulfilled', index: 0, value: 'a' }], 'all-settled', true);
  expect(JSON.parse(JSON.stringify(result))).toEqual({
    outcomes: [{ status: 'fulfilled', index: 0, value: 'a' }],
    completionReason: 'all-settled',
    isInputExhausted: true,
    fulfilledCount: 1,
    rejectedCount: 0,
    skippedCount: 0,
  });
});
