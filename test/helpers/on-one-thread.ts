import { type AnyWorkerRef, type Cpu, createParallel, workerRef } from 'lambda-parallel';
import { afterAll, afterEach, beforeEach, expect } from 'vitest';

const whichThread = workerRef<typeof import('../cpu/workers/which-thread.worker.ts')>(
  new URL('../cpu/workers/which-thread.worker.ts', import.meta.url),
);

/** An engine with one thread for the tests of a file, each of which fails if the thread is another one after it. */
export function onOneThread(workers: readonly AnyWorkerRef[]): Cpu {
  const runtime = createParallel({ workers: [whichThread, ...workers], maxThreads: 1 });
  let thread: number;
  beforeEach(async () => {
    thread = await runtime.cpu.run(whichThread, undefined);
  });
  afterEach(async () => {
    expect(await runtime.cpu.run(whichThread, undefined), 'the thread').toBe(thread);
  });
  afterAll(() => runtime[Symbol.asyncDispose]());
  return runtime.cpu;
}
