import {
  type AnyWorkerRef,
  type Cpu,
  type CpuStatistics,
  createParallel,
  defineWorker,
  type ParallelResult,
  parallel,
  type RejectedOutcome,
  type StreamOutcome,
  type TaskOutcome,
  type WorkerFunction,
  type WorkerLogger,
  type WorkerRef,
  withParallel,
  workerRef,
} from 'lambda-parallel';
import { expectTypeOf, test } from 'vitest';

declare const cpu: Cpu;
declare const url: URL;

/** As `workerRef<typeof import('./file.ts')>(url)`, of a file that exports this worker. */
function refTo<Worker extends WorkerFunction<never, unknown>>(_worker: Worker) {
  return workerRef<{ readonly default: Worker }>(url);
}

const double = workerRef<typeof import('../cpu/workers/double.worker.ts')>(url);
const lengthOf = refTo(defineWorker((text: string): number => text.length));
const bytesOf = refTo(defineWorker(async (image: Uint8Array): Promise<Uint8Array> => image));
const now = refTo(defineWorker<void, number>(() => Date.now()));
const random = refTo(defineWorker(() => Math.random()));
const shape = refTo(
  defineWorker((input: { kind: 'circle'; radius: number } | { kind: 'square'; side: number }): number | undefined =>
    input.kind === 'circle' ? input.radius : undefined,
  ),
);
const count = refTo(defineWorker((counter: SharedArrayBuffer): SharedArrayBuffer => counter));

test('workerRef() takes input and output from the worker file', () => {
  expectTypeOf(double).toEqualTypeOf<WorkerRef<number, number>>();
  expectTypeOf(lengthOf).toEqualTypeOf<WorkerRef<string, number>>();
  expectTypeOf(shape).toEqualTypeOf<
    WorkerRef<{ kind: 'circle'; radius: number } | { kind: 'square'; side: number }, number | undefined>
  >();
  expectTypeOf(count).toEqualTypeOf<WorkerRef<SharedArrayBuffer, SharedArrayBuffer>>();
  expectTypeOf(double.url).toEqualTypeOf<URL>();
});

test('workerRef() takes what the promise of an asynchronous worker resolves to', () => {
  expectTypeOf(bytesOf).toEqualTypeOf<WorkerRef<Uint8Array, Uint8Array>>();
  const either = refTo(defineWorker((n: number): number | Promise<string> => n));
  expectTypeOf(either).toEqualTypeOf<WorkerRef<number, number | string>>();
});

test('the default export of a worker file can be called as the function that it was made of', () => {
  const worker = defineWorker((text: string) => text.length);
  expectTypeOf(worker).toBeCallableWith('text');
  expectTypeOf(worker('text')).toEqualTypeOf<number>();
  const asynchronous = defineWorker(async (text: string) => text.length);
  expectTypeOf(asynchronous('text')).toEqualTypeOf<Promise<number>>();
  // @ts-expect-error -- the input is a string
  worker(5);
});

test('defineWorker() takes a function of one input', () => {
  // @ts-expect-error -- an item is one input
  defineWorker((width: number, height: number) => width * height);
  // @ts-expect-error -- no function
  defineWorker('resize');
  // @ts-expect-error -- nothing
  defineWorker();
});

test('cpu.run() takes the input of the worker and returns its output', () => {
  expectTypeOf(cpu.run(lengthOf, 'text')).resolves.toEqualTypeOf<number>();
  expectTypeOf(cpu.run(bytesOf, new Uint8Array(1))).resolves.toEqualTypeOf<Uint8Array>();
  expectTypeOf(cpu.run(bytesOf, Buffer.from('a'))).resolves.toEqualTypeOf<Uint8Array>();
  expectTypeOf(cpu.run(shape, { kind: 'square', side: 1 })).resolves.toEqualTypeOf<number | undefined>();
  expectTypeOf(cpu.run(count, new SharedArrayBuffer(4))).resolves.toEqualTypeOf<SharedArrayBuffer>();
  expectTypeOf(cpu.run(now, undefined)).resolves.toEqualTypeOf<number>();
  expectTypeOf(cpu.run(random, undefined)).resolves.toEqualTypeOf<number>();
  // @ts-expect-error -- a number
  void cpu.run(lengthOf, 5);
  // @ts-expect-error -- neither a circle nor a square
  void cpu.run(shape, { kind: 'square', radius: 1 });
  // @ts-expect-error -- no input
  void cpu.run(lengthOf);
  // @ts-expect-error -- a promise: `run` takes the input itself
  void cpu.run(lengthOf, Promise.resolve('text'));
  // @ts-expect-error -- the input first, as in nothing else
  void cpu.run('text', lengthOf);
  // @ts-expect-error -- a URL is no worker
  void cpu.run(url, 'text');
});

test('cpu.map() takes items of the worker’s input, promised ones as well', () => {
  expectTypeOf(cpu.map(['a', 'b'], lengthOf)).resolves.toEqualTypeOf<number[]>();
  expectTypeOf(cpu.map(new Set<string>(), lengthOf)).resolves.toEqualTypeOf<number[]>();
  expectTypeOf(cpu.map({} as AsyncIterable<string>, lengthOf)).resolves.toEqualTypeOf<number[]>();
  expectTypeOf(cpu.map([Promise.resolve('a'), 'b'], lengthOf)).resolves.toEqualTypeOf<number[]>();
  expectTypeOf(cpu.map(new Uint8Array(3), double)).resolves.toEqualTypeOf<number[]>();
  expectTypeOf(cpu.map('abc', lengthOf)).resolves.toEqualTypeOf<number[]>();
  // @ts-expect-error -- the worker takes strings
  void cpu.map([1, 2], lengthOf);
  // @ts-expect-error -- one of them is a number
  void cpu.map(['a', 2], lengthOf);
  // @ts-expect-error -- promised numbers
  void cpu.map([Promise.resolve(1)], lengthOf);
  // @ts-expect-error -- no items
  void cpu.map(5, double);
  // @ts-expect-error -- no worker
  void cpu.map(['a']);
  // @ts-expect-error -- a function does not cross the thread boundary
  void cpu.map(['a'], (text: string) => text.length);
  const worker = defineWorker((text: string) => text.length);
  // @ts-expect-error -- the default export itself runs on this thread
  void cpu.map(['a'], worker);
});

test('cpu.map(), mapSettled() and stream() take items of a union, written out where they are used', () => {
  expectTypeOf(cpu.map([{ kind: 'square', side: 1 }], shape)).resolves.toEqualTypeOf<(number | undefined)[]>();
  void cpu.mapSettled(
    [
      { kind: 'square', side: 1 },
      { kind: 'circle', radius: 1 },
    ],
    shape,
  );
  cpu.stream([{ kind: 'circle', radius: 1 }], shape);
  // @ts-expect-error -- neither a circle nor a square
  void cpu.map([{ kind: 'square', radius: 1 }], shape);
  // @ts-expect-error -- no such kind
  void cpu.map([{ kind: 'triangle', side: 1 }], shape);
});

test('cpu.mapSettled() and cpu.stream() carry the output into the outcomes', () => {
  expectTypeOf(cpu.mapSettled(['a'], lengthOf)).resolves.toEqualTypeOf<ParallelResult<number>>();
  expectTypeOf(cpu.stream(['a'], lengthOf)).toEqualTypeOf<AsyncGenerator<StreamOutcome<string, number>, void, void>>();
  expectTypeOf<Awaited<ReturnType<typeof cpu.mapSettled<string, number>>>['outcomes']>().toEqualTypeOf<
    readonly TaskOutcome<number>[]
  >();
  expectTypeOf<ParallelResult<number>['rejected']>().toEqualTypeOf<RejectedOutcome[]>();
  // @ts-expect-error -- the worker takes strings
  void cpu.mapSettled([1], lengthOf);
  // @ts-expect-error -- the worker takes strings
  cpu.stream([1], lengthOf);
  // @ts-expect-error -- no worker
  void cpu.mapSettled(['a']);
  // @ts-expect-error -- no worker
  cpu.stream(['a']);
});

test('without its type argument a workerRef() can be called with nothing', () => {
  const untyped = workerRef(url);
  // @ts-expect-error -- what it takes is not known
  void cpu.run(untyped, 'text');
  // @ts-expect-error -- what it takes is not known
  void cpu.run(untyped, undefined);
  // @ts-expect-error -- what it takes is not known
  void cpu.map(['text'], untyped);
  // @ts-expect-error -- what it takes is not known
  void cpu.mapSettled([1], untyped);
  // @ts-expect-error -- what it takes is not known
  cpu.stream([{}], untyped);
});

test('a module whose default export is not defineWorker(…) does not compile', () => {
  // @ts-expect-error -- a plain function
  workerRef<{ readonly default: (text: string) => number }>(url);
  // @ts-expect-error -- a value
  workerRef<{ readonly default: number }>(url);
  // @ts-expect-error -- a class
  workerRef<{ readonly default: typeof Date }>(url);
  // @ts-expect-error -- a named export alone
  workerRef<{ readonly resize: WorkerFunction<string, number> }>(url);
  // @ts-expect-error -- a helper of the tests, with no default export
  workerRef<typeof import('../helpers/gate.ts')>(url);
});

test('workerRef() takes a URL', () => {
  // @ts-expect-error -- a path
  workerRef<typeof import('../cpu/workers/double.worker.ts')>('./workers/double.worker.ts');
  // @ts-expect-error -- nothing
  workerRef<typeof import('../cpu/workers/double.worker.ts')>();
});

test('workers of different types are declared in one array', () => {
  expectTypeOf([double, lengthOf, bytesOf, now, shape]).toExtend<readonly AnyWorkerRef[]>();
  expectTypeOf<WorkerRef<{ a: 1 }, never>>().toExtend<AnyWorkerRef>();
  const workers = [double, lengthOf, bytesOf] as const;
  expectTypeOf(parallel).toBeCallableWith({ workers });
  expectTypeOf(createParallel).toBeCallableWith({ workers: [double, lengthOf, shape], maxThreads: 2 });
  withParallel({ workers }, async (event: { names: string[] }, context) => {
    expectTypeOf(context.parallel.cpu).toEqualTypeOf<Cpu>();
    expectTypeOf(context.parallel.cpu.map(event.names, lengthOf)).resolves.toEqualTypeOf<number[]>();
    expectTypeOf(context.parallel.statistics.cpu).toEqualTypeOf<CpuStatistics>();
  });
  // @ts-expect-error -- a URL is no worker
  parallel({ workers: [url] });
  // @ts-expect-error -- the default export runs on this thread
  parallel({ workers: [defineWorker((n: number) => n)] });
  // @ts-expect-error -- an array
  parallel({ workers: double });
  // @ts-expect-error -- a number
  parallel({ workers, maxThreads: '2' });
});

test('a worker of another input or output is another type', () => {
  expectTypeOf<WorkerRef<string, number>>().not.toExtend<WorkerRef<number, number>>();
  expectTypeOf<WorkerRef<string, number>>().not.toExtend<WorkerRef<string, string>>();
  expectTypeOf<WorkerRef<string | number, number>>().toExtend<WorkerRef<string, number>>();
  expectTypeOf<WorkerRef<string, 5>>().toExtend<WorkerRef<string, number>>();
});

test('what is not an option does not compile', () => {
  void cpu.run(double, 1, { timeoutMs: 1, signal: AbortSignal.abort(), transfer: true });
  void cpu.map([1], double, { timeoutMs: undefined, signal: undefined, transfer: undefined, chunk: undefined });
  void cpu.map([1], double, { chunk: 'auto' });
  void cpu.mapSettled([1], double, { chunk: 5, toleratedFailureCount: 1, toleratedFailurePercentage: 1, minSuccessful: 1 });
  cpu.stream([1], double, { chunk: 5, backpressure: 5, preserveOrder: false });
  // @ts-expect-error -- one item has no chunks
  void cpu.run(double, 1, { chunk: 5 });
  // @ts-expect-error -- of io
  void cpu.map([1], double, { concurrency: 5 });
  // @ts-expect-error -- a number or 'auto'
  void cpu.map([1], double, { chunk: 'all' });
  // @ts-expect-error -- cpu.map knows no tolerance
  void cpu.map([1], double, { toleratedFailureCount: 1 });
  // @ts-expect-error -- only a stream has a consumer
  void cpu.mapSettled([1], double, { backpressure: 8 });
  // @ts-expect-error -- a stream's consumer leaves the loop instead
  cpu.stream([1], double, { minSuccessful: 1 });
  // @ts-expect-error -- a boolean
  void cpu.run(double, 1, { transfer: [new ArrayBuffer(1)] });
});

test('a logger is console, or what has its four levels', () => {
  expectTypeOf<Console>().toExtend<WorkerLogger>();
  parallel({ logger: console });
  parallel({ logger: { debug() {}, info: (_message: string) => undefined, warn() {}, error: (..._args: string[]) => 5 } });
  // @ts-expect-error -- without error()
  parallel({ logger: { debug() {}, info() {}, warn() {} } });
});

test('the figures are only read', () => {
  expectTypeOf(cpu.statistics.threadCount).toBeNumber();
  // @ts-expect-error -- read only
  cpu.statistics.chunkCount = 1;
  // @ts-expect-error -- read only
  double.url = url;
});
