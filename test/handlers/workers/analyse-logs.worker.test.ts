import { expect, test } from 'vitest';
import { addSummary, emptySummary, type LogSummary, routeTable } from '../../../handlers/logs/log-summary.ts';
import analyse, { type LogObject } from '../../../handlers/workers/analyse-logs.worker.ts';

function logObject(key: string, ...lines: (object | string)[]): LogObject {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  return { key, body: Buffer.from(`${text.join('\n')}\n`) };
}

const request = (route: string, status: number, durationMs: number) => ({ route, status, durationMs });

test('analyse-logs counts objects, lines, status classes and errors per route', async () => {
  const summary = await analyse([
    logObject('a', request('/orders', 200, 10), request('/orders', 503, 10), request('/users', 404, 10)),
    logObject('b', request('/orders', 301, 10)),
  ]);
  expect(summary).toMatchObject({ objectCount: 2, lineCount: 4, malformedCount: 0, malformed: [] });
  expect(summary.statusClasses).toEqual({ '2xx': 1, '3xx': 1, '4xx': 1, '5xx': 1 });
  expect(routeTable(summary)).toMatchObject([
    { route: '/orders', requestCount: 3, errorCount: 1 },
    { route: '/users', requestCount: 1, errorCount: 0 },
  ]);
});

test.each([
  'no JSON',
  '{"route":"/orders","status":200,"durationMs":1',
  'null',
  '7',
  '[]',
  { status: 200, durationMs: 1 },
  { route: 7, status: 200, durationMs: 1 },
  request('/orders', 99, 1),
  request('/orders', 600, 1),
  request('/orders', 200.5, 1),
  { route: '/orders', status: '200', durationMs: 1 },
  request('/orders', 200, -1),
  { route: '/orders', status: 200, durationMs: null },
])('analyse-logs names the malformed line %j and goes on', async (line) => {
  const summary = await analyse([logObject('a', request('/orders', 200, 1), line, request('/orders', 200, 1))]);
  expect(summary).toMatchObject({ lineCount: 3, malformedCount: 1, malformed: [{ key: 'a', line: 2 }] });
  expect(routeTable(summary)).toMatchObject([{ requestCount: 2 }]);
});

test('analyse-logs counts all malformed lines and names the first ten, across batches as well', async () => {
  const bad = (key: string) => logObject(key, ...Array.from({ length: 7 }, () => 'bad'));
  const total = emptySummary();
  addSummary(total, await analyse([bad('a')]));
  addSummary(total, await analyse([bad('b'), bad('c')]));
  expect(total.malformedCount).toBe(21);
  expect(total.malformed.map(({ key, line }) => `${key}${line}`).join(' ')).toBe('a1 a2 a3 a4 a5 a6 a7 b1 b2 b3');
});

test('analyse-logs takes blank lines, CRLF, a byte order mark, a missing last line break and an empty body', async () => {
  const line = JSON.stringify(request('/ü', 200, 1));
  const objects = ['', '\n\n', `${line}\r\n\r\n${line}`, `\uFEFF${line}`].map((text) => ({ key: 'a', body: Buffer.from(text) }));
  const summary = await analyse(objects);
  expect(summary).toMatchObject({ objectCount: 4, lineCount: 3, malformedCount: 0 });
  expect([...summary.routes.keys()]).toEqual(['/ü']);
});

test('analyse-logs counts routes that are named like a property of every object', async () => {
  const summary = await analyse([logObject('a', request('__proto__', 200, 1), request('constructor', 200, 1))]);
  expect(routeTable(summary).map(({ route, requestCount }) => [route, requestCount])).toEqual([
    ['__proto__', 1],
    ['constructor', 1],
  ]);
});

test('analyse-logs gives percentiles within 2 % of the exact ones', async () => {
  const durations = Array.from({ length: 1000 }, (_, index) => 1.01 ** index);
  const [route] = routeTable(await analyse([logObject('a', ...durations.map((ms) => request('/', 200, ms)))]));
  const isWithin = (actual = Number.NaN, exact = Number.NaN) => expect(Math.abs(actual / exact - 1)).toBeLessThan(0.025);
  isWithin(route?.p50Ms, durations[499]);
  isWithin(route?.p95Ms, durations[949]);
});

test('analyse-logs takes latencies of 0 and of more than an hour', async () => {
  const summary = await analyse([logObject('a', request('/fast', 200, 0), request('/slow', 200, 1e9))]);
  const [fast, slow] = routeTable(summary);
  expect(fast?.p50Ms).toBeCloseTo(0.1, 2);
  expect(slow?.p95Ms).toBeGreaterThan(3_500_000);
});

test('summaries of batches add up to the one of all objects, however they were grouped', async () => {
  const objects = Array.from({ length: 12 }, (_, index) =>
    logObject(`key-${index}`, request(`/${index % 3}`, 200 + 100 * (index % 4), 1.7 ** index), index % 5 === 0 ? 'bad' : ''),
  );
  const grouped = async (size: number): Promise<LogSummary> => {
    const total = emptySummary();
    for (let from = 0; from < objects.length; from += size) addSummary(total, await analyse(objects.slice(from, from + size)));
    return total;
  };
  const whole = await analyse(objects);
  expect(await grouped(1)).toEqual(whole);
  expect(await grouped(5)).toEqual(whole);
});
