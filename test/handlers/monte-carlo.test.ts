import { expect, test } from 'vitest';
import { deploy, sampleEvent } from '../helpers/deployed.ts';

/** At 1,769 MB a function has one vCPU and so one thread, at 3,538 MB two of each. */
const memory = (memoryMb: number) => ({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb) });

test('monte-carlo takes its sample event, and its estimate is within five standard errors', async () => {
  await using monteCarlo = await deploy('monte-carlo');
  const result = await monteCarlo.invoke(await sampleEvent('monte-carlo'));
  expect(result).toMatchObject({
    completionReason: 'all-settled',
    samples: 20_000_000,
    shards: { done: 64, failed: 0, skipped: 0 },
  });
  expect(Math.abs(Number(result['pi']) - Math.PI)).toBeLessThan(5 * Number(result['standardError']));
});

test('monte-carlo returns the same in both modes, with one thread and with two', async () => {
  const event = { samples: 1_000_003, shards: 17, seed: -5 };
  const results: unknown[] = [];
  for (const memoryMb of [1769, 3538]) {
    await using monteCarlo = await deploy('monte-carlo', {}, memory(memoryMb));
    results.push(await monteCarlo.invoke(event), await monteCarlo.invoke({ ...event, mode: 'sequential' }));
  }
  expect(results[0]).toMatchObject({ completionReason: 'all-settled', samples: 1_000_003, shards: { done: 17 } });
  for (const result of results) expect(result).toEqual(results[0]);
});

test('monte-carlo takes more shards than samples', async () => {
  await using monteCarlo = await deploy('monte-carlo');
  expect(await monteCarlo.invoke({ samples: 3, shards: 1000, seed: 1 })).toMatchObject({ samples: 3, shards: { done: 1000 } });
});

test.each([
  [{}, /samples: .*shards: .*seed: /],
  [{ samples: 0, shards: 1, seed: 1 }, /samples: /],
  [{ samples: 1.5, shards: 1, seed: 1 }, /samples: /],
  [{ samples: 1, shards: 1001, seed: 1 }, /shards: /],
  [{ samples: 1, shards: 1, seed: 2 ** 31 }, /seed: /],
  [{ samples: 1, shards: 1, seed: 1, mode: 'fast' }, /mode: /],
  [{ samples: 1, shards: 1, seed: 1, threads: 2 }, /threads: /],
])('monte-carlo rejects the event %j and names the field', async (event, message) => {
  await using monteCarlo = await deploy('monte-carlo');
  await expect(monteCarlo.invoke(event)).rejects.toMatchObject({
    code: 'ERR_INVALID_EVENT',
    message: expect.stringMatching(message),
  });
});

test.each(['parallel', 'sequential'])(
  'monte-carlo in %s mode starts nothing when less than the deadline margin is left',
  async (mode) => {
    await using monteCarlo = await deploy('monte-carlo');
    expect(await monteCarlo.invoke({ samples: 1000, shards: 10, seed: 1, mode }, 400)).toEqual({
      completionReason: 'deadline',
      pi: null,
      standardError: null,
      hits: 0,
      samples: 0,
      shards: { done: 0, failed: 0, skipped: 10 },
    });
  },
);

test.each(['parallel', 'sequential'])(
  'monte-carlo in %s mode answers at the deadline with the estimate of the shards that are done',
  async (mode) => {
    await using monteCarlo = await deploy('monte-carlo', {}, memory(1769));
    // So that the thread runs already: half a minute of work, and one second for it.
    await monteCarlo.invoke({ samples: 1, shards: 1, seed: 1, mode });
    const result = await monteCarlo.invoke({ samples: 5_000_000_000, shards: 1000, seed: 1, mode }, 1500);
    const { done = 0, failed = 0, skipped = 0 } = result['shards'] as Record<string, number>;
    expect(result['completionReason']).toBe('deadline');
    expect(done).toBeGreaterThan(0);
    expect(skipped).toBeGreaterThan(0);
    expect(done + failed + skipped).toBe(1000);
    expect(result['samples']).toBe(done * 5_000_000);
    expect(result['pi']).toBeCloseTo(Math.PI, 2);
  },
);
