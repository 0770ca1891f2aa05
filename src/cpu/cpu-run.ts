import { basename } from 'node:path';
import { NotCloneableError, TaskTimeoutError, WorkerCrashedError } from '../errors.ts';
import type { SkipReason } from '../result/outcome.ts';
import { RunEnd } from '../run/run-end.ts';
import type { OpenRun } from '../run/run-registry.ts';
import type { CpuEngineParts } from './chunk-run.ts';
import type { ResolvedCpuRunOptions } from './cpu-options.ts';
import { workerLoadError } from './load-error.ts';
import { unpackReason } from './packed-error.ts';
import type { ChunkReply } from './protocol.ts';
import type { Chunk, ChunkEnd, ChunkFlight, ChunkSource } from './thread-scheduler.ts';
import { buffersOf } from './transferables.ts';
import { writeLines } from './worker-logger.ts';

/** `cpu.run`: one item. */
export async function cpuRun<Input, Output>(
  engine: CpuEngineParts,
  file: string,
  input: Input,
  options: ResolvedCpuRunOptions,
): Promise<Output> {
  const { registry, scheduler, logger } = engine;
  const { ledger } = registry;
  const run = registry.open(() => new SingleRun(engine, file, input, options));
  scheduler.enlist(run);
  try {
    const { values, rejections, durationMs, logs } = await run.reply;
    ledger.busyMs += durationMs;
    writeLines(logger, logs);
    const [rejection] = rejections;
    if (rejection !== undefined) throw unpackReason(rejection.reason, basename(file));
    ledger.fulfilledCount += 1;
    return values[0] as Output;
  } catch (error) {
    if (run.end.stopReason === undefined) ledger.rejectedCount += 1;
    throw error;
  } finally {
    registry.close(run);
  }
}

/** One item on its way: a source of one chunk, and that chunk. */
class SingleRun<Input> implements ChunkSource, Chunk, OpenRun {
  readonly end: RunEnd;
  readonly reply: Promise<ChunkReply>;
  readonly file: string;
  readonly inputs: readonly [Input];
  readonly budgetMs: number = Number.POSITIVE_INFINITY;
  readonly timeoutMs: number | undefined;
  readonly buffers: ArrayBuffer[];
  readonly #engine: CpuEngineParts;
  readonly #resolve: (reply: ChunkReply) => void;
  readonly #reject: (reason: unknown) => void;
  #flight: ChunkFlight | undefined;
  #isCut = false;

  constructor(engine: CpuEngineParts, file: string, input: Input, { timeoutMs, signal, transfer }: ResolvedCpuRunOptions) {
    const { promise, resolve, reject } = Promise.withResolvers<ChunkReply>();
    this.#engine = engine;
    this.reply = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.file = file;
    this.inputs = [input];
    this.timeoutMs = timeoutMs;
    this.buffers = transfer ? buffersOf(this.inputs) : [];
    // No grace: the one result that is asked for is wanted now or not at all.
    const { deadline } = engine.registry;
    this.end = new RunEnd({ deadline, signal, hasGrace: false, onStop: (cause) => this.#tell(cause) });
  }

  next(): Chunk | undefined {
    if (this.#isCut || this.end.isStopped) return undefined;
    this.#isCut = true;
    return this;
  }

  started(flight: ChunkFlight): void {
    const { ledger } = this.#engine.registry;
    this.#flight = flight;
    ledger.started();
    ledger.chunkCount += 1;
  }

  ended(end: ChunkEnd): void {
    this.#engine.registry.ledger.ended();
    if (end.kind === 'replied' && end.reply.values.length > 0) this.#resolve(end.reply);
    else this.#reject(this.#reasonOf(end));
  }

  stop(reason: SkipReason, cause: unknown): void {
    this.end.stop(reason, cause);
  }

  finish(): void {
    this.end.finish();
  }

  #tell(cause: unknown): void {
    this.#reject(cause);
    this.#engine.scheduler.delist(this);
    this.#flight?.stop(this.#engine.registry.deadline.graceMs);
  }

  #reasonOf(end: ChunkEnd): unknown {
    if (end.kind === 'not-loaded') return workerLoadError(this.file, end.cause);
    if (end.kind === 'not-cloneable') return new NotCloneableError(basename(this.file), 0, { cause: end.cause });
    if (end.kind === 'thread-ended' && end.why === 'timeout') return new TaskTimeoutError(0, this.timeoutMs ?? 0);
    if (end.kind === 'thread-ended' && end.why === 'crash')
      return new WorkerCrashedError(basename(this.file), 0, { cause: end.cause });
    // Told to stop: rejected already.
    return this.end.stopCause;
  }
}
