import { createParallel, type MetricName } from 'lambda-parallel';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { measureCpuUtilization } from '../../src/observe/cpu-utilization.ts';
import { collect } from '../helpers/collect.ts';
import { gate } from '../helpers/gate.ts';
import { step, steps } from '../helpers/steps.ts';
import { arrivedAt, threadGates } from '../helpers/thread-gate.ts';

afterEach(() => void vi.useRealTimers());

/** The metrics of what `body` does in an invocation. */
async function metricsOf(
  options: Parameters<typeof createParallel>[0],
  body: (runtime: ReturnType<typeof createParallel>) => Promise<unknown>,
): Promise<Partial<Record<MetricName, number>>> {
  const metrics: Partial<Record<MetricName, number>> = {};
  const sink = {
    addMetric(name: MetricName, _unit: string, value: number): void {
      metrics[name] = value;
    },
  };
  const runtime = createParallel({ ...options, metrics: sink });
  try {
    await body(runtime);
  } finally {
    await runtime[Symbol.asyncDispose]();
  }
  return metrics;
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Within the error of the percentiles, and of rounding to microseconds. */
const about = (ms: number): unknown => expect.closeTo(ms, Math.log10(1 / (0.04 * ms)));

describe('task times and speed-up of io', () => {
  async function timed(body: (runtime: ReturnType<typeof createParallel>) => Promise<unknown>, totalMs: number) {
    vi.useFakeTimers();
    const measured = metricsOf({ concurrency: 4 }, body);
    await vi.advanceTimersByTimeAsync(totalMs);
    return await measured;
  }

  test('are those of the tasks, in map, mapSettled and stream', async () => {
    const items = [100, 100, 100, 100];
    for (const run of [
      ({ io }: ReturnType<typeof createParallel>) => io.map(items, wait),
      ({ io }: ReturnType<typeof createParallel>) => io.mapSettled(items, wait),
      ({ io }: ReturnType<typeof createParallel>) => collect(io.stream(items, wait)),
      ({ io }: ReturnType<typeof createParallel>) => io.map(items, wait, { timeoutMs: 1000 }),
    ]) {
      const metrics = await timed(run, 100);
      expect(metrics).toMatchObject({ TaskTimeP50: about(100), TaskTimeP95: about(100), Speedup: 4, IoTasksInFlight: 4 });
    }
  });

  test('tell the middle from the slowest', async () => {
    const metrics = await timed(({ io }) => io.map([...Array(18).fill(10), 1000, 1000], wait, { concurrency: 20 }), 1000);
    expect(metrics).toMatchObject({ TaskTimeP50: about(10), TaskTimeP95: about(1000), Speedup: 2.18 });
  });

  test('leave out the time in which nothing ran', async () => {
    const body = async ({ io }: ReturnType<typeof createParallel>) => {
      await io.map([100, 100], wait);
      await wait(10_000);
      await io.map([100, 100], wait);
    };
    expect(await timed(body, 10_200)).toMatchObject({ Speedup: 2 });
  });

  test('count tasks that fail, and those that have not ended when the invocation does', async () => {
    const body = async ({ io }: ReturnType<typeof createParallel>) => {
      void io.map([1], () => gate().passed).catch(() => undefined);
      await io.mapSettled([100], async (ms) => {
        await wait(ms);
        throw new Error('failed');
      });
    };
    expect(await timed(body, 1000)).toMatchObject({ TaskTimeP50: about(100), TasksRejected: 1 });
  });

  test('are the same for a task that is not asynchronous, or throws at once', async () => {
    const body = ({ io }: ReturnType<typeof createParallel>) =>
      io.mapSettled([1, 2], (item) => {
        if (item === 2) throw new Error('two');
        return item;
      });
    expect(await timed(body, 0)).toMatchObject({ TaskTimeP50: 0, TasksFulfilled: 1, TasksRejected: 1 });
  });
});

describe('queue wait of io', () => {
  test('is the wait for bytes', async () => {
    vi.useFakeTimers();
    const options = { maxInFlightBytes: 10, weight: () => 10 };
    const measured = metricsOf({}, ({ io }) => io.map([1, 2], () => wait(100), options));
    await vi.advanceTimersByTimeAsync(200);
    expect(await measured).toMatchObject({ QueueWaitP50: 0, QueueWaitP95: about(100), Speedup: 1 });
  });

  test('is none where items have no weight: they are pulled when they can be started', async () => {
    expect(await metricsOf({ concurrency: 1 }, ({ io }) => io.map([1, 2], (item) => item))).not.toHaveProperty('QueueWaitP50');
  });
});

describe('of cpu', () => {
  const options = { workers: [step], maxThreads: 1 };

  test('threads, outcomes, times and waits are those of the workers', async () => {
    const metrics = await metricsOf(options, async ({ cpu }) => {
      await cpu.mapSettled(
        [
          { id: 0, busyMs: 30 },
          { id: 1, busyMs: 30 },
          { id: 2, ending: 'throw' },
        ],
        step,
        { chunk: 1 },
      );
    });
    expect(metrics).toMatchObject({ CpuThreadsBusy: 1, TasksFulfilled: 2, TasksRejected: 1 });
    expect(metrics.TaskTimeP50).toBeGreaterThan(29);
    // The second waits for the first, the third for both.
    expect(metrics.QueueWaitP50).toBeGreaterThan(29);
    expect(metrics.Speedup).toBeGreaterThan(0);
    expect(metrics.Speedup).toBeLessThanOrEqual(1);
  });

  test('cpu.run waits for its thread', async () => {
    const metrics = await metricsOf(options, async ({ cpu }) => {
      await Promise.all([cpu.run(step, { id: 0, busyMs: 30 }), cpu.run(step, { id: 1 }), cpu.run(step, { id: 2 })]);
    });
    expect(metrics.QueueWaitP50).toBeGreaterThan(29);
    expect(metrics).toMatchObject({ TasksFulfilled: 3, TasksRejected: 0 });
  });

  test('an item that timed out took its timeout', async () => {
    const metrics = await metricsOf(options, async ({ cpu }) => {
      await cpu.mapSettled([{ id: 0, ending: 'hang' }], step, { timeoutMs: 50 });
      await cpu.run(step, { id: 1, ending: 'hang' }, { timeoutMs: 50 }).catch(() => undefined);
    });
    expect(metrics).toMatchObject({ TaskTimeP50: about(50), TasksRejected: 2 });
  });

  test('tasks of io that wait for one thread make no speed-up', async () => {
    const items = steps(8).map((item) => ({ ...item, busyMs: 20 }));
    for (const call of ['run', 'map', 'mapSettled', 'stream'] as const) {
      const metrics = await metricsOf({ ...options, concurrency: 8 }, async ({ io, cpu }) => {
        await io.map(items, async (item) => {
          if (call === 'run') await Promise.all([cpu.run(step, item), cpu.run(step, item)]);
          else if (call === 'stream') await collect(cpu.stream([item], step));
          else await cpu[call]([item], step);
        });
      });
      expect(metrics.IoTasksInFlight).toBe(8);
      expect(metrics.Speedup).toBeLessThan(2);
    }
  });

  test('a task of io that does not wait for its cpu call is at work meanwhile', async () => {
    const [door] = threadGates(1);
    const metrics = await metricsOf(options, async ({ io, cpu }) => {
      let late: Promise<unknown> | undefined;
      await io.map([1], async () => {
        late = cpu.run(step, { id: 0, gate: door?.memory });
        await arrivedAt([door as NonNullable<typeof door>], 1);
      });
      door?.open();
      await late;
    });
    expect(metrics).toMatchObject({ TasksFulfilled: 2 });
    expect(metrics.Speedup).toBeGreaterThan(0);
  });
});

describe('CPU utilisation', () => {
  test('is CPU time by what the memory setting pays for in that time', () => {
    vi.useFakeTimers();
    const capacity = { memoryMb: 3538, vcpuShare: 2, visibleVcpus: 2, managedInstances: undefined };
    const outer = process.cpuUsage();
    const measure = measureCpuUtilization(capacity);
    const inner = process.cpuUsage();
    while (process.cpuUsage(inner).user < 20_000);
    vi.advanceTimersByTime(100);
    const least = process.cpuUsage(inner);
    const percent = measure() ?? Number.NaN;
    const most = process.cpuUsage(outer);
    // In 100 ms, 200 ms are paid for.
    expect(percent).toBeGreaterThanOrEqual((least.user + least.system) / 2000);
    expect(percent).toBeLessThanOrEqual((most.user + most.system) / 2000);
  });

  test('is written where the memory setting is known', async () => {
    expect((await metricsOf({ memoryMb: 1769 }, () => wait(1))).CpuUtilization).toBeGreaterThan(0);
    expect(await metricsOf({}, () => wait(1))).not.toHaveProperty('CpuUtilization');
  });
});
