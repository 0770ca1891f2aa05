import { createParallel, type Io, type ParallelResult, type StreamOutcome, type Task, type TaskScope } from 'lambda-parallel';
import { expectTypeOf, test } from 'vitest';

declare const io: Io;
declare const keys: AsyncIterable<string>;
const sizeOf = async (key: string) => key.length;

test('io.map() takes the item type from the items and the value type from the task', () => {
  expectTypeOf(() => io.map(['a'], sizeOf)).returns.resolves.toEqualTypeOf<number[]>();
  expectTypeOf(() => io.map(['a'], (key) => key.length)).returns.resolves.toEqualTypeOf<number[]>();
  expectTypeOf(() => io.map(keys, sizeOf)).returns.resolves.toEqualTypeOf<number[]>();
  expectTypeOf(() => io.map(new Map([['a', 1]]), ([key, size]) => ({ key, size }))).returns.resolves.toEqualTypeOf<
    { key: string; size: number }[]
  >();
  void io.map(['a'] as const, (key) => expectTypeOf(key).toEqualTypeOf<'a'>());
});

test('io.map() gives the task what its promised items resolve to', () => {
  const promised: Promise<string>[] = [];
  expectTypeOf(() => io.map(promised, sizeOf)).returns.resolves.toEqualTypeOf<number[]>();
  void io.map(promised, (key) => expectTypeOf(key).toEqualTypeOf<string>());
  const mixed: (string | Promise<string>)[] = [];
  void io.map(mixed, (key) => expectTypeOf(key).toEqualTypeOf<string>());
});

test('a task is given its signal and its index', () => {
  void io.map(['a'], (_, scope) => expectTypeOf(scope).toEqualTypeOf<TaskScope>());
  expectTypeOf<TaskScope>().toEqualTypeOf<{ readonly signal: AbortSignal; readonly index: number }>();
  expectTypeOf<Task<string, number>>().parameters.toEqualTypeOf<[string, TaskScope]>();
});

test('io.mapSettled() and io.stream() carry the value type into the outcomes', () => {
  expectTypeOf(() => io.mapSettled(['a'], sizeOf)).returns.resolves.toEqualTypeOf<ParallelResult<number>>();
  expectTypeOf(() => io.stream(['a'], sizeOf)).returns.toEqualTypeOf<AsyncGenerator<StreamOutcome<string, number>, void, void>>();
});

test('io.map() weighs the items that the task gets', () => {
  void io.map(['a'], sizeOf, { maxInFlightBytes: 10, weight: (key) => key.length });
  // @ts-expect-error -- a string has no such property
  void io.map(['a'], sizeOf, { maxInFlightBytes: 10, weight: (key) => key.size });
  // @ts-expect-error -- a weight is a number
  void io.map(['a'], sizeOf, { maxInFlightBytes: 10, weight: (key) => key });
});

test('what is not an option does not compile', () => {
  // @ts-expect-error -- misspelt
  void io.map(['a'], sizeOf, { concurency: 8 });
  // @ts-expect-error -- a number
  void io.map(['a'], sizeOf, { concurrency: '8' });
  // @ts-expect-error -- io.map knows no tolerance
  void io.map(['a'], sizeOf, { toleratedFailureCount: 1 });
  // @ts-expect-error -- only a stream has a consumer
  void io.mapSettled(['a'], sizeOf, { backpressure: 8 });
  // @ts-expect-error -- a stream's consumer leaves the loop instead
  io.stream(['a'], sizeOf, { minSuccessful: 1 });
});

test('what is not a task for the items does not compile', () => {
  // @ts-expect-error -- the items are strings
  void io.map(['a'], async (key: number) => key);
  // @ts-expect-error -- no items
  void io.map(5, sizeOf);
  // @ts-expect-error -- no task
  void io.map(['a']);
});

test('a runtime can be disposed both ways, and its figures only read', () => {
  const runtime = createParallel();
  expectTypeOf(runtime).toExtend<Disposable & AsyncDisposable>();
  expectTypeOf(runtime.remainingMs).toBeNumber();
  // @ts-expect-error -- read only
  runtime.statistics.io.fulfilledCount = 1;
  // @ts-expect-error -- read only
  runtime.io = io;
});
