import { setTimeout as sleep } from 'node:timers/promises';
import type { Chunk, ChunkEnd, ChunkSource } from './chunk.ts';
import { ChunkFlight, endOf, LOADING_CHECK_MS } from './chunk-flight.ts';
import { Fifo } from './fifo.ts';
import { isReply, REQUEST } from './protocol.ts';
import type { WorkerPool } from './worker-pool.ts';

/** Files load in less; one that never does is ended with its thread all the same. */
const CLOSE_PATIENCE_MS = 1000;

/** Hands chunks to the threads of one pool: one per thread and one more that is next in line, the sources in turn, each cut as late as that. */
export class ThreadScheduler {
  readonly threadCount: number;
  readonly #pool: WorkerPool;
  readonly #freeSlots: number[];
  /** By their slot. */
  readonly #flights: (ChunkFlight | undefined)[] = [];
  readonly #waiting = new Fifo<ChunkSource>();
  readonly #loadedFiles = new Set<string>();
  #isFilling = false;
  #closed: Promise<void> | undefined;

  constructor(pool: WorkerPool) {
    this.#pool = pool;
    this.threadCount = pool.threadCount;
    this.#freeSlots = Array.from({ length: pool.slotCount }, (_, slot) => slot);
  }

  /** Takes the source's chunks from now on, until it has none. */
  enlist(source: ChunkSource): void {
    if (!source.isWaiting) {
      source.isWaiting = true;
      this.#waiting.push(source);
    }
    this.#fill();
  }

  /** The source is not asked any more. */
  delist(source: ChunkSource): void {
    // Its place in the line is passed over.
    source.isWaiting = false;
  }

  /** Lets every thread load these worker files, so that no item waits for it. What fails is reported by the items. */
  preload(files: readonly string[]): void {
    for (const file of files) {
      let missingCount = this.threadCount;
      const next = (): Chunk | undefined => {
        missingCount -= 1;
        return missingCount < 0 ? undefined : emptyChunk(file);
      };
      this.enlist({ isWaiting: false, next });
    }
  }

  /** Whether a thread has run this worker file: what ends others before they begin anything is something else. */
  hasLoaded(file: string): boolean {
    return this.#loadedFiles.has(file);
  }

  /** Ends the threads, once those that load a worker file have it. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const isLoading = (): boolean => this.#flights.some((flight) => flight?.isLoading);
    for (let waitedMs = 0; isLoading() && waitedMs < CLOSE_PATIENCE_MS; waitedMs += LOADING_CHECK_MS)
      await sleep(LOADING_CHECK_MS);
    await this.#pool.close();
  }

  #fill(): void {
    // A source may enlist another one while it is asked.
    if (this.#isFilling || this.#closed !== undefined) return;
    this.#isFilling = true;
    try {
      this.#fillSlots();
    } finally {
      this.#isFilling = false;
    }
  }

  #fillSlots(): void {
    while (this.#freeSlots.length > 0) {
      const source = this.#waiting.shift();
      if (source === undefined) break;
      if (!source.isWaiting) continue;
      const chunk = source.next();
      if (chunk === undefined) {
        source.isWaiting = false;
        continue;
      }
      // To the end of the line.
      this.#waiting.push(source);
      this.#start(chunk, this.#freeSlots.pop() as number);
    }
  }

  #start(chunk: Chunk, slot: number): void {
    const { file, inputs, budgetMs, timeoutMs, buffers } = chunk;
    const flight = new ChunkFlight(this.#pool, slot);
    this.#flights[slot] = flight;
    this.#pool.progressOf(slot).prepare({ budgetMs, isTimed: timeoutMs !== undefined, isMoved: buffers.length > 0 });
    this.#pool.run(file, [REQUEST, slot, inputs], buffers).then(
      (reply) => this.#land(chunk, flight, this.#endWith(file, reply)),
      (cause) => this.#land(chunk, flight, endOf(chunk, flight, cause)),
    );
    if (timeoutMs !== undefined) flight.watch(timeoutMs);
    chunk.started(flight);
  }

  #endWith(file: string, reply: unknown): ChunkEnd {
    if (!isReply(reply)) return NOT_A_WORKER;
    this.#loadedFiles.add(file);
    return { kind: 'replied', reply };
  }

  #land(chunk: Chunk, flight: ChunkFlight, end: ChunkEnd): void {
    flight.land();
    this.#flights[flight.slot] = undefined;
    this.#freeSlots.push(flight.slot);
    chunk.ended(end);
    this.#fill();
  }
}

/** Its file was loaded and run, and answered as no worker does. */
const NOT_A_WORKER: ChunkEnd = { kind: 'not-loaded', cause: undefined };

function emptyChunk(file: string): Chunk {
  const ignore = (): void => undefined;
  // With a timeout, because loading may take for ever.
  return { file, inputs: [], budgetMs: 0, timeoutMs: 1000, buffers: [], started: ignore, ended: ignore };
}
