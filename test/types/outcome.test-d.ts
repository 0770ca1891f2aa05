import type { CompletionReason, ParallelResult, SkipReason, StreamOutcome, TaskOutcome } from 'lambda-parallel';
import { expectTypeOf, test } from 'vitest';

declare const outcome: TaskOutcome<number>;
declare const streamed: StreamOutcome<string, number>;
declare const result: ParallelResult<number>;

test('a value can be read only after narrowing on `status`', () => {
  if (outcome.status === 'fulfilled') expectTypeOf(outcome.value).toBeNumber();
  if (outcome.status === 'rejected') expectTypeOf(outcome.reason).toBeUnknown();
  if (outcome.status === 'skipped') expectTypeOf(outcome.reason).toEqualTypeOf<SkipReason>();
  expectTypeOf(outcome.index).toBeNumber();
  // @ts-expect-error -- not narrowed
  void outcome.value;
  // @ts-expect-error -- a skipped task has no value
  if (outcome.status === 'skipped') void outcome.value;
});

test('a switch over `status` and over `completionReason` can be exhaustive', () => {
  const statuses = { fulfilled: 1, rejected: 2, skipped: 3 } satisfies Record<typeof outcome.status, number>;
  const reasons = {
    'all-settled': 1,
    deadline: 2,
    aborted: 3,
    'failure-tolerance-exceeded': 4,
    'min-successful-reached': 5,
  } satisfies Record<CompletionReason, number>;
  void [statuses, reasons];
});

test('what reads settled promises reads fulfilled and rejected outcomes', () => {
  if (outcome.status !== 'skipped') expectTypeOf(outcome).toExtend<PromiseSettledResult<number>>();
});

test('a streamed outcome has its item, whatever its status', () => {
  expectTypeOf(streamed.item).toBeString();
  if (streamed.status === 'fulfilled') expectTypeOf(streamed.value).toBeNumber();
});

test('a result is read only, and its values have the type of the task', () => {
  expectTypeOf(result.values).toEqualTypeOf<number[]>();
  expectTypeOf(result.outcomes).toEqualTypeOf<readonly TaskOutcome<number>[]>();
  // @ts-expect-error -- read only
  result.fulfilledCount = 1;
  // @ts-expect-error -- read only
  result.outcomes.push(outcome);
});
