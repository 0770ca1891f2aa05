import { getEventListeners } from 'node:events';
import type { Context } from 'aws-lambda';
import { InvocationEndedError, type ParallelRuntime, withParallel } from 'lambda-parallel';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { gate } from '../helpers/gate.ts';
import { handlerForms } from '../helpers/handler-forms.ts';
import { lambdaContext } from '../helpers/lambda-context.ts';
import { toldToStop } from '../helpers/told-to-stop.ts';
import { turn } from '../helpers/turn.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe.each(handlerForms)('%s', (_, wrap) => {
  test('gives the handler its event, its context with `parallel`, and the caller its response', async () => {
    const context = lambdaContext();
    const handler = wrap({ concurrency: 2 }, async (event, given) => {
      expect(given).toBe(context);
      return await given.parallel.io.map(event as string[], (key) => `${given.awsRequestId.length} ${key}`);
    });
    expect(await handler(['a', 'b'], context)).toEqual(['36 a', '36 b']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('throws what the handler throws, synchronously or not, and leaves nothing', async () => {
    const failed = new Error('handler');
    const runtimes: ParallelRuntime[] = [];
    const rejecting = wrap({}, async (_event, { parallel }) => {
      runtimes.push(parallel);
      void parallel.io.mapSettled([1], (_item, { signal }) => toldToStop(signal));
      throw failed;
    });
    const throwing = wrap({}, (_event, { parallel }): Promise<void> => {
      runtimes.push(parallel);
      throw failed;
    });
    await expect(rejecting({}, lambdaContext())).rejects.toBe(failed);
    await expect(throwing({}, lambdaContext())).rejects.toBe(failed);
    for (const { signal } of runtimes) expect(signal.reason).toBeInstanceOf(InvocationEndedError);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('keeps overlapping invocations of one handler apart', async () => {
    const doors = new Map([
      ['first', gate<string>()],
      ['second', gate<string>()],
    ]);
    const runtimes: ParallelRuntime[] = [];
    const handler = wrap({}, async (event, { parallel }) => {
      runtimes.push(parallel);
      const result = await parallel.io.mapSettled([event as string], (name) => doors.get(name)?.passed);
      return result.values;
    });
    const first = handler('first', lambdaContext());
    const second = handler('second', lambdaContext());
    await vi.advanceTimersByTimeAsync(1);
    expect(runtimes[0]).not.toBe(runtimes[1]);
    doors.get('first')?.open('one');
    expect(await first).toEqual(['one']);
    expect(runtimes[0]?.signal.aborted).toBe(true);
    expect(runtimes[1]?.signal.aborted).toBe(false);
    expect(runtimes[1]?.statistics.io).toMatchObject({ runningCount: 1, fulfilledCount: 0 });
    doors.get('second')?.open('two');
    expect(await second).toEqual(['two']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('tells tasks that the handler did not await to stop, waits for them, and lets nothing more start', async () => {
    const events: string[] = [];
    let left: ParallelRuntime | undefined;
    const shutdown = new AbortController();
    const handler = wrap({}, async (_event, { parallel }) => {
      left = parallel;
      const task = async (item: string, { signal }: { signal: AbortSignal }) => {
        await toldToStop(signal).catch((reason) => events.push(`${item} ${reason.name}`));
        await new Promise((resolve) => setTimeout(resolve, 50));
        events.push(`${item} stopped`);
      };
      void parallel.io.mapSettled(['a', 'b'], task, { concurrency: 1, signal: shutdown.signal });
      await turn();
      return 'response';
    });
    const response = handler({}, lambdaContext()).then((value) => events.push(value));
    await vi.advanceTimersByTimeAsync(50);
    await response;
    expect(events).toEqual(['a InvocationEndedError', 'a stopped', 'response']);
    await expect(left?.io.map([1], () => 1)).rejects.toBeInstanceOf(InvocationEndedError);
    expect(getEventListeners(shutdown.signal, 'abort')).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('sends the response within the margin, although every task ignores its signal', async () => {
    const context = lambdaContext(3000);
    const handler = wrap({ deadlineMarginMs: 500 }, async (_event, { parallel }) => {
      const settled = await parallel.io.mapSettled([1, 2], () => gate().passed, { concurrency: 1 });
      return [settled.completionReason, settled.rejectedCount, settled.skippedCount];
    });
    const response = handler({}, context).then((value) => [...value, context.getRemainingTimeInMillis()]);
    await vi.advanceTimersByTimeAsync(3000);
    expect(await response).toEqual(['deadline', 1, 1, 250]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('skips everything when less than the margin is left, and still sends the response', async () => {
    const task = vi.fn();
    const handler = wrap({ deadlineMarginMs: 5000 }, async (_event, { parallel }) => {
      const { skippedCount, completionReason } = await parallel.io.mapSettled([1, 2, 3], task);
      return { skippedCount, completionReason };
    });
    expect(await handler({}, lambdaContext(3000))).toEqual({ skippedCount: 3, completionReason: 'deadline' });
    expect(task).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('has no deadline where the context counts nothing down', async () => {
    const handler = wrap({}, async (_event, { parallel }) => parallel.remainingMs);
    expect(await handler({}, {} as Context)).toBe(Number.POSITIVE_INFINITY);
  });

  test('opens nothing for a handler that does not use it', async () => {
    const handler = wrap({}, async () => vi.getTimerCount());
    expect(await handler({}, lambdaContext())).toBeLessThanOrEqual(0);
  });
});

test('withParallel() that is called without a context, as in a unit test, has no deadline', async () => {
  const handler = withParallel({}, async (event: number[], { parallel }) => [
    parallel.remainingMs,
    ...(await parallel.io.map(event, (item) => item + 1)),
  ]);
  expect(await handler([1, 2], undefined as never)).toEqual([Number.POSITIVE_INFINITY, 2, 3]);
});
