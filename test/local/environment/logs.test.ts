import { expect, test } from 'vitest';
import { startFleet } from './start-fleet.ts';

const UUID = '[0-9a-f-]{36}';

test('the log of an invocation has START, what was logged, END and REPORT', async () => {
  await using fleet = startFleet({ of: 'logs', version: '7', memoryMb: 512 });
  const cold = await fleet.send({ lines: ['one', 'two\nthree'], raw: 'raw\nwithout an end' });
  expect(cold.logTail).toMatch(
    new RegExp(
      [
        `^START RequestId: (${UUID}) Version: 7`,
        '\\d{4}-\\d\\d-\\d\\dT\\S+Z\t\\1\tINFO\tone',
        '\\S+Z\t\\1\tINFO\ttwo',
        'three',
        'raw',
        'without an end',
        'END RequestId: \\1',
        'REPORT RequestId: \\1\tDuration: \\d+\\.\\d\\d ms\tBilled Duration: \\d+ ms\tMemory Size: 512 MB\tMax Memory Used: \\d+ MB\tInit Duration: \\d+\\.\\d\\d ms\n$',
      ].join('\n'),
    ),
  );
  const { durationMs, billedMs, initMs = 0, maxMemoryUsedMb } = cold.report;
  expect(billedMs).toBe(Math.ceil(durationMs + initMs));
  expect(maxMemoryUsedMb).toBeGreaterThan(10);

  const warm = await fleet.send();
  expect(warm.logTail.trimEnd().split('\n')).toHaveLength(3);
  expect(warm.report.billedMs).toBe(Math.ceil(warm.report.durationMs));
  const lines = [cold, warm].flatMap(({ logTail }) => logTail.trimEnd().split('\n'));
  expect(fleet.entries.map(({ text }) => text).join('\n')).toBe(lines.join('\n'));
  expect(new Set(fleet.entries.map(({ logStream }) => logStream)).size).toBe(1);
  expect(fleet.entries[0]).toMatchObject({ functionName: 'logs', version: '7' });
});

test('in JSON every line is an object, those of the platform too', async () => {
  await using fleet = startFleet({ of: 'logs', logFormat: 'JSON', memoryMb: 512 });
  const { logTail, report, requestId } = await fleet.send({ lines: ['two\nlines'] });
  const [start, line, end, ...more] = logTail
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text));
  expect(more).toEqual([]);
  const time = expect.stringMatching(/Z$/);
  expect(start).toEqual({ time, type: 'platform.start', record: { requestId, version: '$LATEST' } });
  expect(line).toEqual({ timestamp: time, level: 'INFO', requestId, message: 'two\nlines' });
  const metrics = {
    durationMs: expect.closeTo(report.durationMs, 1),
    billedDurationMs: report.billedMs,
    memorySizeMB: 512,
    maxMemoryUsedMB: report.maxMemoryUsedMb,
    initDurationMs: expect.closeTo(report.initMs ?? 0, 1),
  };
  expect(end).toEqual({ time, type: 'platform.report', record: { requestId, metrics, status: 'success' } });
});

test('in JSON the report says how an invocation has failed, and one of the init phase comes before', async () => {
  await using throwing = startFleet({ of: 'throws', logFormat: 'JSON' });
  expect(lastOf((await throwing.send({ message: 'no' })).logTail).record).toMatchObject({
    status: 'error',
    errorType: 'RangeError',
  });
  await using slow = startFleet({ of: 'never-returns', logFormat: 'JSON', timeoutMs: 200 });
  expect(lastOf((await slow.send()).logTail).record).toMatchObject({ status: 'timeout' });
  await using broken = startFleet({ of: 'not-a-function', logFormat: 'JSON' });
  const { logTail } = await broken.send();
  const reports = logTail.split('\n').filter((text) => text.includes('platform.initReport'));
  expect(reports.map((text) => JSON.parse(text).record)).toEqual(
    ['init', 'invoke'].map((phase) => ({
      initializationType: 'on-demand',
      phase,
      status: 'error',
      errorType: 'Runtime.HandlerNotFound',
      metrics: { durationMs: expect.any(Number) },
    })),
  );
});

test('all that was logged before the response is in the log of its invocation, the last 4 KB in its tail', async () => {
  await using fleet = startFleet({ of: 'logs-much' });
  for (const count of [20_000, 10_000]) {
    const before = fleet.entries.length;
    const { logTail } = await fleet.send({ count });
    expect(fleet.entries.length - before).toBe(count + 3);
    expect(fleet.entries.at(-3)?.text).toContain(`line ${count - 1} `);
    expect(Buffer.byteLength(logTail)).toBeLessThanOrEqual(4096);
    expect(Buffer.byteLength(logTail)).toBeGreaterThan(4000);
    expect(logTail).toMatch(/REPORT .*\n$/);
  }
});

test('the tail is cut between characters', async () => {
  await using fleet = startFleet({ of: 'logs' });
  for (const shift of ['', 'x', 'xx', 'xxx']) {
    const { logTail } = await fleet.send({ lines: [`${'😀'.repeat(2_000)}${shift}`] });
    expect(logTail).not.toContain('\uFFFD');
  }
});

function lastOf(logTail: string) {
  return JSON.parse(logTail.trimEnd().split('\n').at(-1) ?? '');
}
