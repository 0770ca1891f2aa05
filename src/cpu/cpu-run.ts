import { basename } from 'node:path';
import { DeadlineExceededError, NotCloneableError, TaskTimeoutError, WorkerCrashedError } from '../errors.ts';
import type { SkipReason } from '../result/outcome.ts';
import { onAbort } from '../run/on-abort.ts';
import type { OpenRun } from '../run/run-registry.ts';
import type { Chunk, ChunkEnd, ChunkSource } from './chunk.ts';
import type { ChunkFlight } from './chunk-flight.ts';
import type { CpuEngineParts } from './chunk-run.ts';
import type { ResolvedCpuRunOptions } from './cpu-options.ts';
import { workerLoadError } from './load-error.ts';
import { reasonOf } from './packed-error.ts';
import { NOT_BEGUN } from './progress.ts';
import type { ChunkReply } from './protocol.ts';
import { buffersOf } from './transferables.ts';
import { maxUnbegun, unbegunReason } from './unbegun.ts';
import { writeLines } from './worker-logger.ts';

/** `cpu.run`: one item. */
export async function cpuRun<Output>(
  engine: CpuEngineParts,
  file: string,
  input: unknown,
  options: ResolvedCpuRunOptions,
): Promise<Output> {
  const { registry, scheduler, logger } = engine;
  const { ledger } = registry;
  const run = registry.open(() => new SingleRun(engine, file, input, options));
  const askedAtMs = ledger.meter === undefined ? 0 : performance.now();
  scheduler.enlist(run);
  try {
    const [, durationMs, values, rejections, logs] = await run.reply;
    ledger.busyMs += durationMs;
    if (ledger.meter !== undefined) {
      ledger.meter.waited(performance.now() - durationMs - askedAtMs);
      ledger.meter.computed(1, durationMs);
    }
    if (logs !== undefined) writeLines(logger, logs);
    if (rejections?.[0] !== undefined) throw reasonOf(rejections[0], basename(file), 0);
    ledger.fulfilledCount += 1;
    return values[0] as Output;
  } catch (error) {
    if (!run.isStopped) ledger.rejectedCount += 1;
    throw error;
  } finally {
    registry.close(run);
  }
}

/**
 * One item on its way: a source of one chunk, and that chunk. It lives as long as its call, with thousands of others perhaps, so it
 * is one object that holds as little as possible: what the garbage collector has to copy is most of what it costs.
 */
class SingleRun implements ChunkSource, Chunk, OpenRun {
  place = -1;
  isWaiting = false;
  isStopped = false;
  readonly reply: Promise<ChunkReply>;
  readonly file: string;
  readonly inputs: readonly unknown[];
  readonly budgetMs: number = Number.POSITIVE_INFINITY;
  readonly timeoutMs: number | undefined;
  readonly buffers: readonly ArrayBuffer[];
  readonly #engine: CpuEngineParts;
  readonly #resolve: (reply: ChunkReply) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #unlisten: () => void;
  #flight: ChunkFlight | undefined;
  #unbegunCount = 0;

  constructor(engine: CpuEngineParts, file: string, input: unknown, { timeoutMs, signal, transfer }: ResolvedCpuRunOptions) {
    const { promise, resolve, reject } = Promise.withResolvers<ChunkReply>();
    this.#engine = engine;
    this.reply = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.file = file;
    this.inputs = [input];
    this.timeoutMs = timeoutMs;
    this.buffers = transfer ? buffersOf(this.inputs) : NO_BUFFERS;
    this.#unlisten = onAbort(signal, (reason, cause) => this.stop(reason, cause));
  }

  next(): Chunk | undefined {
    const { deadline } = this.#engine.registry;
    if (deadline.hasExpired) this.stop('deadline', new DeadlineExceededError(deadline.marginMs));
    return this.isStopped || this.#flight !== undefined ? undefined : this;
  }

  started(flight: ChunkFlight): void {
    const { ledger } = this.#engine.registry;
    this.#flight = flight;
    ledger.started();
    ledger.chunkCount += 1;
  }

  ended(end: ChunkEnd): void {
    this.#engine.registry.ledger.ended();
    if (end.kind === 'replied') this.#resolve(end.reply);
    else if (this.#isUnbegun(end)) this.#again();
    else this.#reject(this.#reasonOf(end));
  }

  /** No grace: the one result that is asked for is wanted now or not at all. */
  stop(_reason: SkipReason, cause: unknown): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.#reject(cause);
    this.#engine.scheduler.delist(this);
    this.#flight?.stop(this.#engine.registry.deadline.graceMs);
  }

  finish(): void {
    this.#unlisten();
  }

  /** Whether the thread was ending when the item came. */
  #isUnbegun(end: ChunkEnd): boolean {
    const isUnbegun = end.kind === 'thread-ended' && end.why === 'crash' && end.position === NOT_BEGUN;
    const isSendable = this.buffers.length === 0;
    return isUnbegun && !this.isStopped && isSendable && this.#unbegunCount < maxUnbegun(this.#engine.scheduler, this.file);
  }

  #again(): void {
    this.#unbegunCount += 1;
    this.#flight = undefined;
    this.#engine.scheduler.enlist(this);
  }

  #reasonOf(end: Exclude<ChunkEnd, { kind: 'replied' }>): unknown {
    const { cause } = end;
    if (end.kind === 'not-loaded') return workerLoadError(this.file, cause);
    if (end.kind === 'not-cloneable') return new NotCloneableError(`send item 0 to ${basename(this.file)}`, { cause });
    if (end.kind === 'not-returned') return new NotCloneableError(`return what ${basename(this.file)} made of item 0`, { cause });
    if (end.why === 'crash' && end.position === NOT_BEGUN) {
      const hasLoaded = this.#engine.scheduler.hasLoaded(this.file);
      if (hasLoaded && this.buffers.length > 0) return new WorkerCrashedError(basename(this.file), 0, { cause, isMoved: true });
      return unbegunReason(this.#engine.scheduler, this.file, 0, cause);
    }
    if (end.why === 'timeout') {
      this.#engine.registry.ledger.meter?.computed(1, this.timeoutMs ?? 0);
      return new TaskTimeoutError(0, this.timeoutMs ?? 0);
    }
    return new WorkerCrashedError(basename(this.file), 0, { cause });
  }
}

const NO_BUFFERS: readonly ArrayBuffer[] = [];
