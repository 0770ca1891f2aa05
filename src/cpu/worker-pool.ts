import type { Worker } from 'node:worker_threads';
import { Piscina, queueOptionsSymbol } from 'piscina';
import { Progress } from './progress.ts';
import { type ChunkRequest, THREAD_DATA, type ThreadData } from './protocol.ts';
import { assertPiscinaWorker } from './worker-file.ts';

/** Threads that run chunks. Which chunk is next is not its business: it is handed one per thread at a time. */
export interface WorkerPool {
  readonly threadCount: number;
  /** Chunks that can be handed over at a time: a second one per thread, so that a thread goes on at once when it has finished one. */
  readonly slotCount: number;
  /** What the thread that runs the chunk of this slot has come to. */
  progressOf(slot: number): Progress;
  /**
   * Runs a chunk in the first thread that is free.
   *
   * @param file - The worker file.
   * @param buffers - Moved with the inputs instead of being copied.
   * @returns What the default export of the file returned. Rejects with what loading the file threw, with why the thread ended, or
   * with a `DataCloneError`, before anything was run, where the inputs cannot be sent.
   */
  run(file: string, request: ChunkRequest, buffers: readonly ArrayBuffer[]): Promise<unknown>;
  /** Whether a thread has the chunk of this slot, or it is still next in line. */
  hasThread(slot: number): boolean;
  /** Ends the thread that has the chunk of this slot; another one takes its place. */
  replaceThread(slot: number): void;
  close(): Promise<void>;
}

/** A chunk on its way, as Piscina's balancer sees it: symbols are not sent. */
interface Tagged {
  [queueOptionsSymbol]?: ChunkRequest | null;
}

/**
 * The pool on Piscina, whose defaults are made for servers: here every thread is started at once, in the init phase, and kept.
 *
 * @throws {WorkerFileError} In a bundle without Piscina's worker.
 */
export function openWorkerPool(threadCount: number): WorkerPool {
  assertPiscinaWorker();
  const slotCount = 2 * threadCount;
  const memory = Progress.allocate(slotCount);
  const progresses = Array.from({ length: slotCount }, (_, slot) => new Progress(memory, slot));
  /** Piscina tells nobody which thread runs what, except the balancer that decides it. */
  const threadIds: (number | undefined)[] = [];
  const piscina = new Piscina({
    minThreads: threadCount,
    maxThreads: threadCount,
    idleTimeout: Number.POSITIVE_INFINITY,
    recordTiming: false,
    workerData: { [THREAD_DATA]: { progress: memory } satisfies ThreadData },
    loadBalancer(task, threads) {
      const thread = threads.find(({ currentUsage }) => currentUsage === 0) ?? null;
      const request = (task as Tagged)[queueOptionsSymbol];
      if (request) threadIds[request[1]] = thread?.id;
      return thread;
    },
  });
  // A thread that fails between two chunks: its place is taken, and no item is lost.
  piscina.on('error', () => undefined);
  return {
    threadCount,
    slotCount,
    progressOf: (slot) => progresses[slot] as Progress,
    run(file, request, buffers) {
      const [, slot] = request;
      threadIds[slot] = undefined;
      (request as Tagged)[queueOptionsSymbol] = request;
      return piscina.run(request, { filename: file, transferList: buffers as ArrayBuffer[] });
    },
    hasThread: (slot) => threadIds[slot] !== undefined,
    replaceThread(slot) {
      const thread = piscina.threads.find(({ threadId }) => threadId === threadIds[slot]);
      if (thread !== undefined) void endThreads([thread]);
    },
    async close() {
      await Promise.all([endThreads(piscina.threads), piscina.destroy()]);
    },
  };
}

/** How long a thread usually takes to end. */
const TERMINATION_MS = 50;

/**
 * Ends threads, for certain: one that is told on its way into `Atomics.wait`, where Piscina's threads wait for their next chunk, may
 * miss it (7 pools of 150 with Node 24.21), and has always ended when it was told again.
 */
async function endThreads(threads: readonly Worker[]): Promise<void> {
  const tell = (): Promise<unknown> => Promise.all(threads.map((thread) => thread.terminate()));
  const ended = tell();
  const timer = setInterval(tell, TERMINATION_MS);
  await ended;
  clearInterval(timer);
}
