import { createParallel, type RejectedOutcome } from 'lambda-parallel';
import { expect, test, vi } from 'vitest';
import { gate } from '../helpers/gate.ts';
import { turn } from '../helpers/turn.ts';

function parcels(...weights: number[]) {
  return weights.map((bytes) => ({ bytes, door: gate() }));
}
type Parcel = ReturnType<typeof parcels>[number];
const weight = ({ bytes }: Parcel) => bytes;

test('io.mapSettled() starts an item only when its bytes fit, in input order, so that a heavy one is not overtaken', async () => {
  await using runtime = createParallel();
  const items = parcels(4, 3, 9, 1, 1);
  const started: number[] = [];
  const run = runtime.io.mapSettled(
    items,
    async ({ door }, { index }) => {
      started.push(index);
      await door.passed;
    },
    { maxInFlightBytes: 10, weight },
  );
  await turn();
  expect(started).toEqual([0, 1]);
  items[0]?.door.open();
  await turn();
  expect(started).toEqual([0, 1]);
  items[1]?.door.open();
  await turn();
  expect(started).toEqual([0, 1, 2, 3]);
  items[3]?.door.open();
  await turn();
  expect(started).toEqual([0, 1, 2, 3, 4]);
  for (const { door } of items) door.open();
  expect(await run).toMatchObject({ fulfilledCount: 5, completionReason: 'all-settled' });
});

test('io.stream() never has more bytes in flight than maxInFlightBytes, and gives back those of a task that fails', async () => {
  await using runtime = createParallel();
  const items = parcels(...Array.from({ length: 200 }, (_, index) => (index * 37) % 101));
  let inFlight = 0;
  let peak = 0;
  const task = async ({ bytes }: Parcel, { index }: { index: number }) => {
    inFlight += bytes;
    peak = Math.max(peak, inFlight);
    for (let turns = (index * 7) % 5; turns >= 0; turns -= 1) await turn();
    inFlight -= bytes;
    if (index % 3 === 0) throw new Error('failed');
  };
  let rejected = 0;
  for await (const { status } of runtime.io.stream(items, task, { maxInFlightBytes: 100, weight, concurrency: 50 })) {
    if (status === 'rejected') rejected += 1;
  }
  expect(rejected).toBe(67);
  expect(peak).toBeLessThanOrEqual(100);
  expect(peak).toBeGreaterThan(80);
});

test('io.mapSettled() rejects an item that is heavier than maxInFlightBytes, and runs the others', async () => {
  await using runtime = createParallel();
  const task = vi.fn((bytes: number) => bytes);
  const result = await runtime.io.mapSettled([10, 11, 0], task, { maxInFlightBytes: 10, weight: (bytes) => bytes });
  expect(result).toMatchObject({ values: [10, 0], rejectedCount: 1, completionReason: 'all-settled' });
  const { reason } = result.outcomes[1] as RejectedOutcome;
  expect(reason).toBeInstanceOf(RangeError);
  expect((reason as Error).message).toBe(
    'Cannot start item 1 as its weight must fit into maxInFlightBytes, 10: 11; raise maxInFlightBytes, or split the item',
  );
  expect(task).toHaveBeenCalledTimes(2);
  expect(runtime.statistics.io).toMatchObject({ fulfilledCount: 2, rejectedCount: 1 });
});

test.each([
  [Number.NaN, 'NaN (number)'],
  [-1, '-1 (number)'],
  ['5', '"5"'],
  [undefined, 'undefined (undefined)'],
  [null, 'null (object)'],
])('io.mapSettled() rejects an item that weighs %o', async (bytes, shown) => {
  await using runtime = createParallel();
  const task = vi.fn();
  const result = await runtime.io.mapSettled(['a'], task, { maxInFlightBytes: 10, weight: () => bytes as number });
  expect(result.rejected).toEqual([{ status: 'rejected', index: 0, reason: expect.any(TypeError) }]);
  expect(String(result.rejected[0]?.reason)).toContain(`item 0 as its weight must be a number of bytes >= 0: ${shown}`);
  expect(task).not.toHaveBeenCalled();
});

test('io.mapSettled() rejects an item whose weight throws, with what it throws', async () => {
  await using runtime = createParallel();
  const reason = new Error('no size');
  const weight = (item: number) => {
    if (item === 2) throw reason;
    return 1;
  };
  const result = await runtime.io.mapSettled([1, 2, 3], (item) => item, { maxInFlightBytes: 1, weight });
  expect(result).toMatchObject({ values: [1, 3], rejected: [{ index: 1, reason }] });
});

test('io.map() rejects with a RangeError where an item is too heavy', async () => {
  await using runtime = createParallel();
  const run = runtime.io.map([11], (item) => item, { maxInFlightBytes: 10, weight: (bytes) => bytes });
  await expect(run).rejects.toThrow(RangeError);
});
