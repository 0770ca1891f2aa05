import middy from '@middy/core';
import { InvocationEndedError, type ParallelRuntime, parallel } from 'lambda-parallel';
import { expect, test, vi } from 'vitest';
import { gate } from '../helpers/gate.ts';
import { invoke } from '../helpers/invoke.ts';
import { lambdaContext } from '../helpers/lambda-context.ts';
import { toldToStop } from '../helpers/told-to-stop.ts';
import { turn } from '../helpers/turn.ts';

/** Timers that keep the process alive, those of the test runner included. */
const activeTimers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test('parallel() keeps the runtime in request.internal, for other middlewares', async () => {
  const seen: (ParallelRuntime | undefined)[] = [];
  const handler = middy()
    .use(parallel())
    .use({
      before: ({ internal }: { internal: { parallel?: ParallelRuntime } }) => void seen.push(internal.parallel),
      after: ({ internal }: { internal: { parallel?: ParallelRuntime } }) => void seen.push(internal.parallel),
    })
    .handler(async (_event, context) => {
      expect(context.parallel).toBe(seen[0]);
      return seen[0]?.signal.aborted;
    });
  expect(await invoke(handler)).toBe(false);
  expect(seen[0]?.io).toBeDefined();
  expect(seen[1]).toBe(seen[0]);
});

test('parallel() is open for the `after` of middlewares used later, and ended for those used earlier', async () => {
  const states: unknown[] = [];
  const handler = middy()
    .use({
      after: ({ context }) =>
        void states.push('earlier', (context as unknown as { parallel: ParallelRuntime }).parallel.signal.aborted),
    })
    .use(parallel())
    .use({
      after: async ({ context }: { context: { parallel: ParallelRuntime } }) => {
        states.push('later', await context.parallel.io.map([1], (item) => item));
      },
    })
    .handler(async () => 'response');
  expect(await invoke(handler)).toBe('response');
  expect(states).toEqual(['later', [1], 'earlier', true]);
});

test('parallel() leaves nothing when a `before` used later answers early', async () => {
  const timers = activeTimers();
  const handler = middy()
    .use(parallel())
    .use({ before: () => 'from the cache' })
    .handler(async () => 'never');
  expect(await invoke(handler)).toBe('from the cache');
  expect(activeTimers()).toBe(timers);
});

test('parallel() leaves nothing when a `before` used later answers early after it has used `io`', async () => {
  vi.useFakeTimers();
  try {
    const handler = middy()
      .use(parallel())
      .use({
        before: async ({ context }: { context: { parallel: ParallelRuntime } }) =>
          await context.parallel.io.map(['a'], (key) => key),
      })
      .handler(async () => 'never');
    expect(await invoke(handler)).toEqual(['a']);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('parallel() is not reached when a `before` used earlier answers early or throws', async () => {
  const early = middy()
    .use({ before: () => 'from the cache' })
    .use(parallel())
    .handler(async () => 'never');
  expect(await invoke(early)).toBe('from the cache');
  const failed = new Error('not allowed');
  const failing = middy()
    .use({
      before: () => {
        throw failed;
      },
    })
    .use(parallel())
    .handler(async () => 'never');
  await expect(invoke(failing)).rejects.toBe(failed);
});

test('parallel() ends the invocation when a `before` used later throws', async () => {
  let runtime: ParallelRuntime | undefined;
  const handler = middy()
    .use(parallel())
    .use({
      before: ({ context }: { context: { parallel: ParallelRuntime } }) => {
        runtime = context.parallel;
        void runtime.io.mapSettled([1], (_, { signal }) => toldToStop(signal));
        throw new Error('not allowed');
      },
    })
    .handler(async () => 'never');
  await expect(invoke(handler)).rejects.toThrow('not allowed');
  expect(runtime?.signal.reason).toBeInstanceOf(InvocationEndedError);
  expect(runtime?.statistics.io.runningCount).toBe(0);
});

test('parallel() ends the invocation when an `onError` sets the response', async () => {
  let runtime: ParallelRuntime | undefined;
  const handler = middy()
    .use(parallel())
    .use({
      onError: (request) => {
        request.response = 'sorry';
      },
    })
    .handler(async (_event, context): Promise<string> => {
      runtime = context.parallel;
      throw new Error('handler');
    });
  expect(await invoke(handler)).toBe('sorry');
  expect(runtime?.signal.aborted).toBe(true);
});

test('parallel() ends the invocation when an `after` throws', async () => {
  let runtime: ParallelRuntime | undefined;
  const handler = middy()
    .use(parallel())
    .use({
      after: () => {
        throw new Error('after');
      },
    })
    .handler(async (_event, context) => {
      runtime = context.parallel;
    });
  await expect(invoke(handler)).rejects.toThrow('after');
  expect(runtime?.signal.aborted).toBe(true);
});

test('parallel() does not use up what is left when Middy times out a handler early', async () => {
  vi.useFakeTimers();
  try {
    const startedAt = Date.now();
    // Middy takes its timer from node:timers, which is not faked: 20 ms of its own, and not one of the test's clock.
    const getRemainingTimeInMillis = vi.fn(() => 25).mockReturnValueOnce(1000);
    const signals: AbortSignal[] = [];
    const handler = middy({ timeoutEarlyInMillis: 5, timeoutEarlyResponse: () => 'timed out' })
      .use(parallel({ deadlineMarginMs: 500 }))
      .handler(async (_event, context): Promise<string> => {
        void context.parallel.io.mapSettled([1], (_, { signal }) => {
          signals.push(signal);
          return gate().passed;
        });
        await turn();
        vi.setSystemTime(startedAt + 995);
        return await gate<string>().passed;
      });
    expect(await invoke(handler, { context: { ...lambdaContext(), getRemainingTimeInMillis } })).toBe('timed out');
    expect(Date.now() - startedAt).toBe(995);
    expect(signals[0]?.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('parallel() gives the tasks in flight their end when Middy times out before the deadline', async () => {
  const told: unknown[] = [];
  const handler = middy({ timeoutEarlyInMillis: 29_980, timeoutEarlyResponse: () => 'timed out' })
    .use(parallel())
    .handler(async (_event, context): Promise<string> => {
      await context.parallel.io.mapSettled([1], (_, { signal }) => toldToStop(signal).catch((reason) => told.push(reason)));
      return await gate<string>().passed;
    });
  expect(await invoke(handler)).toBe('timed out');
  await turn();
  expect(told).toEqual([expect.any(InvocationEndedError)]);
});

test('parallel() works for a handler that answers without a promise', async () => {
  const handler = middy()
    .use(parallel())
    .handler((_event, context) => context.parallel.capacity.visibleVcpus);
  expect(await invoke(handler)).toBeGreaterThan(0);
});

test.each(['after', 'onError'] as const)(
  'parallel() leaves nothing of what was awaited, when a later `%s` ends the chain of Middy',
  async (hook) => {
    vi.useFakeTimers();
    try {
      const handler = middy()
        .use(parallel())
        .use({ [hook]: () => 'early' } as middy.MiddlewareObj)
        .handler(async (_event, context): Promise<unknown> => {
          await (context as unknown as { parallel: ParallelRuntime }).parallel.io.map([1], (item) => item, { timeoutMs: 5000 });
          if (hook === 'onError') throw new Error('handler');
          return 'late';
        });
      expect(await invoke(handler)).toBe('early');
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  },
);
