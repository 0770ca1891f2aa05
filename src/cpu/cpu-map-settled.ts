import { RunStoppedError } from '../errors.ts';
import type { TaskOutcome } from '../result/outcome.ts';
import { ParallelResult } from '../result/parallel-result.ts';
import { completionPolicy } from '../run/completion-policy.ts';
import { type Items, Source } from '../run/source.ts';
import { type ChunkDelivery, ChunkRun, type CpuEngineParts } from './chunk-run.ts';
import type { ResolvedCpuMapSettledOptions } from './cpu-options.ts';
import { putAt } from './put-at.ts';

/** `cpu.mapSettled`: one outcome per item, whatever fails. */
export async function cpuMapSettled<Item, Value>(
  engine: CpuEngineParts,
  items: Items<Item>,
  file: string,
  options: ResolvedCpuMapSettledOptions,
): Promise<ParallelResult<Value>> {
  const source = new Source(items);
  const policy = completionPolicy(options, source.size);
  const slots: (TaskOutcome<Value> | undefined)[] = new Array(source.size ?? 0);
  let settledCount = 0;

  function settle(outcome: TaskOutcome<Value>): void {
    putAt(slots, outcome.index, outcome);
    settledCount = Math.max(settledCount, outcome.index + 1);
    const end = policy?.settled(outcome);
    if (end) run.stop(end.reason, end.cause);
  }

  const delivery: ChunkDelivery<Item, Value> = {
    fulfilled: (index, value) => settle({ status: 'fulfilled', index, value }),
    rejected: (index, reason) => settle({ status: 'rejected', index, reason }),
    missing: (index, reason) => settle({ status: 'rejected', index, reason }),
  };
  const run = ChunkRun.open({ ...engine, file, source, options, delivery, hasGrace: true });
  try {
    await run.done;
    const { stopReason } = run.end;
    // What an iterator was pulled for and a thread never began is skipped, as what was never pulled.
    slots.length = Math.max(source.itemCount, settledCount);
    for (let index = 0; index < slots.length; index += 1) {
      slots[index] ??= { status: 'skipped', index, reason: stopReason ?? 'aborted' };
    }
    const isInputExhausted = source.isExhausted || source.size !== undefined;
    const result = new ParallelResult(slots as TaskOutcome<Value>[], stopReason ?? 'all-settled', isInputExhausted);
    engine.registry.ledger.skippedCount += result.skippedCount;
    return result;
  } catch (error) {
    run.stop('aborted', new RunStoppedError('the input could not be read on', { cause: error }));
    throw error;
  } finally {
    engine.registry.close(run);
  }
}
