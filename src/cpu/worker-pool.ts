import type { MessagePort } from 'node:worker_threads';
import { Piscina, queueOptionsSymbol } from 'piscina';
import { Progress } from './progress.ts';
import { type ChunkRequest, THREAD_DATA, type ThreadData } from './protocol.ts';
import { assertPiscinaWorker } from './worker-file.ts';

/** Threads that run chunks. Which chunk is next is not its business: it is handed one per thread, and one more that is next in line. */
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
  /** Whether a thread that has started has the chunk of this slot; else it is still next in line. */
  hasThread(slot: number): boolean;
  /** Whether the thread that had the chunk of this slot was ended because its reply could not be read. */
  isUnreadable(slot: number): boolean;
  /** Ends the thread that has the chunk of this slot; another one takes its place. */
  replaceThread(slot: number): void;
  close(): Promise<void>;
}

type PiscinaWorker = Parameters<NonNullable<NonNullable<ConstructorParameters<typeof Piscina>[0]>['loadBalancer']>>[1][number];

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
  /** Never used again by another thread. Piscina would hand chunks to others as well, and replace none that ends before: it takes that for a pool that cannot start. */
  const startedIds = new Set<number>();
  const piscina = new Piscina({
    minThreads: threadCount,
    maxThreads: threadCount,
    idleTimeout: Number.POSITIVE_INFINITY,
    recordTiming: false,
    // Threads wait for chunks in their event loop. In `Atomics.wait`, Piscina's default, one that is told to end on its way there
    // never hears of it (7 pools of 150 with Node 24.21), and what a task left behind fails in the middle of another invocation.
    atomics: 'disabled',
    // In the order in which they were handed over.
    stricterFIFO: true,
    workerData: { [THREAD_DATA]: { progress: memory } satisfies ThreadData },
    loadBalancer(task, threads) {
      const thread = threads.find(({ id, currentUsage }) => currentUsage === 0 && startedIds.has(id)) ?? null;
      const request = (task as Tagged)[queueOptionsSymbol];
      if (request) threadIds[request[1]] = thread?.id;
      return thread;
    },
  });
  /** Threads whose reply this one could not read. */
  const unreadableIds = new Set<number>();
  piscina.on('workerCreate', (worker: PiscinaWorker) => {
    startedIds.add(worker.id);
    onUnreadable(worker, () => {
      unreadableIds.add(worker.id);
      void piscina.threads.find(({ threadId }) => threadId === worker.id)?.terminate();
    });
  });
  // A thread that fails between two chunks: its place is taken, and no item is lost.
  piscina.on('error', () => undefined);
  let closed: Promise<void> | undefined;
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
    hasThread(slot) {
      const id = threadIds[slot];
      return id !== undefined && startedIds.has(id) && piscina.threads.some(({ threadId }) => threadId === id);
    },
    isUnreadable: (slot) => unreadableIds.has(threadIds[slot] ?? Number.NaN),
    replaceThread(slot) {
      const thread = piscina.threads.find(({ threadId }) => threadId === threadIds[slot]);
      void thread?.terminate();
    },
    close() {
      closed ??= piscina.destroy();
      return closed;
    },
  };
}

/** Piscina does not listen to it, and its task would never end. It shows its own side of a thread under a symbol alone. */
function onUnreadable(worker: PiscinaWorker, listener: () => void): void {
  for (const symbol of Object.getOwnPropertySymbols(worker)) {
    const inside = (worker as unknown as Record<symbol, { readonly port?: MessagePort } | undefined>)[symbol];
    inside?.port?.on('messageerror', listener);
  }
}

/** Whether a thread ended by an error that nobody caught, and neither by `process.exit()` nor for want of memory: what it ran by then need not have thrown it. */
export function isUncaught(cause: unknown): boolean {
  const { message, code } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  return code !== 'ERR_WORKER_OUT_OF_MEMORY' && !message?.startsWith(PISCINA_EXIT);
}

/** Piscina's words for a thread that ended without an error. */
const PISCINA_EXIT = 'worker exited with code';
