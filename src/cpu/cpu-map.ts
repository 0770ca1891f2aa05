import { RunStoppedError } from '../errors.ts';
import { type Items, Source } from '../run/source.ts';
import { type ChunkDelivery, ChunkRun, type CpuEngineParts } from './chunk-run.ts';
import type { ResolvedCpuMapOptions } from './cpu-options.ts';
import { putAt } from './put-at.ts';

/** `cpu.map`: all values, or the first failure at once. */
export async function cpuMap<Item, Value>(
  engine: CpuEngineParts,
  items: Items<Item>,
  file: string,
  options: ResolvedCpuMapOptions,
): Promise<Value[]> {
  const source = new Source(items);
  const values: Value[] = new Array(source.size ?? 0);
  let failure: { readonly reason: unknown } | undefined;
  const fail = (_index: number, reason: unknown): void => {
    // What stopped the run is what is told, not what became of the items then.
    if (run.end.stopReason === undefined) failure = { reason };
    run.stop('aborted', new RunStoppedError('another item of the same cpu.map failed', { cause: reason }));
  };
  const delivery: ChunkDelivery<Item, Value> = {
    fulfilled: (index, value) => putAt(values, index, value),
    rejected: fail,
    missing: fail,
  };
  // No grace: who asked for all values or an error has no use for waiting.
  const run = ChunkRun.open({ ...engine, file, source, options, delivery, hasGrace: false });
  try {
    await run.done;
    if (failure !== undefined) throw failure.reason;
    if (run.end.stopReason !== undefined) throw run.end.stopCause;
    // An array may have become shorter since.
    values.length = source.pulledCount;
    return values;
  } catch (error) {
    run.stop('aborted', new RunStoppedError('the input could not be read on', { cause: error }));
    throw error;
  } finally {
    engine.registry.close(run);
  }
}
