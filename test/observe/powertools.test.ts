import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import { createParallel, type MetricsSink, parallel, withParallel } from 'lambda-parallel';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { gate } from '../helpers/gate.ts';
import { handlerForms } from '../helpers/handler-forms.ts';
import { invoke } from '../helpers/invoke.ts';
import { lambdaContext } from '../helpers/lambda-context.ts';
import { recordingLogger } from '../helpers/recording-logger.ts';
import { turn } from '../helpers/turn.ts';
import { type EmfDocument, emitted, valuesOf } from './emitted.ts';

let documents: EmfDocument[];

beforeEach(() => {
  documents = emitted();
});

afterEach(() => void vi.restoreAllMocks());

function ordersMetrics() {
  const { logger, lines } = recordingLogger();
  return { metrics: new Metrics({ namespace: 'shop', serviceName: 'orders', logger }), lines };
}

describe.each(handlerForms)('%s with the Metrics of Powertools', (_, wrap) => {
  test('adds its metrics to what the handler has added, under its namespace and dimensions', async () => {
    const { metrics, lines } = ordersMetrics();
    const handler = wrap({ metrics }, async (_event, { parallel: { io } }) => {
      metrics.addMetric('OrdersPlaced', 'Count', 2);
      return await io.map([1, 2], (item) => item);
    });
    expect(await handler({}, lambdaContext())).toEqual([1, 2]);
    await handler({}, lambdaContext());
    expect(documents).toHaveLength(2);
    for (const document of documents) {
      expect(document).toMatchObject({ service: 'orders', OrdersPlaced: 2, TasksFulfilled: 2, TasksRejected: 0 });
      expect(document._aws.CloudWatchMetrics).toMatchObject([{ Namespace: 'shop', Dimensions: [['service']] }]);
    }
    expect(lines).toEqual([]);
  });

  test('publishes them after an error as well', async () => {
    const { metrics } = ordersMetrics();
    const failed = new Error('handler');
    const handler = wrap({ metrics }, async (_event, { parallel: { io } }) => {
      await io.mapSettled([1], () => Promise.reject(failed));
      throw failed;
    });
    await expect(handler({}, lambdaContext())).rejects.toBe(failed);
    expect(documents).toMatchObject([{ TasksRejected: 1 }]);
  });

  test('keeps overlapping invocations apart', async () => {
    const { metrics } = ordersMetrics();
    const door = gate();
    const handler = wrap({ metrics }, async (event, { parallel: { io } }) => {
      await io.map(event as number[], () => door.passed);
    });
    const invocations = [handler([1], lambdaContext()), handler([1, 2, 3], lambdaContext())];
    door.open();
    await Promise.all(invocations);
    expect(documents.map((document) => document['TasksFulfilled'])).toEqual([1, 3]);
  });
});

describe('parallel() beside logMetrics()', () => {
  test.each(['before', 'after'] as const)('publishes each metric once, with logMetrics used %s it', async (place) => {
    const { metrics, lines } = ordersMetrics();
    const middlewares = [logMetrics(metrics, { throwOnEmptyMetrics: place === 'before' }), parallel({ metrics })];
    const handler = middy()
      .use(place === 'before' ? middlewares : middlewares.reverse())
      .handler(async () => {
        metrics.addMetric('OrdersPlaced', 'Count', 1);
      });
    for (let count = 0; count < 2; count += 1) await invoke(handler as never);
    const published = documents.flatMap((document) => Object.entries(valuesOf(document)));
    expect(published.filter(([name]) => name === 'OrdersPlaced')).toHaveLength(2);
    expect(published.filter(([name]) => name === 'TasksFulfilled')).toHaveLength(2);
    expect(documents).toHaveLength(place === 'before' ? 2 : 4);
    expect(lines).toEqual([]);
  });

  test('publishes after an error as well', async () => {
    const { metrics } = ordersMetrics();
    const failed = new Error('handler');
    const handler = middy()
      .use(logMetrics(metrics))
      .use(parallel({ metrics }))
      .handler(async () => {
        throw failed;
      });
    await expect(invoke(handler as never)).rejects.toBe(failed);
    expect(documents).toMatchObject([{ TasksFulfilled: 0 }]);
  });
});

describe('a sink that fails', () => {
  const failed = new Error('no metrics today');
  const fail = (): never => {
    throw failed;
  };
  const reject = (): Promise<never> => Promise.reject(failed);
  const fine = (): undefined => undefined;

  test.each<[string, MetricsSink]>([
    ['addMetric() throws', { addMetric: fail }],
    ['addMetric() rejects', { addMetric: reject }],
    ['publishStoredMetrics() throws', { addMetric: fine, publishStoredMetrics: fail }],
    ['publishStoredMetrics() rejects', { addMetric: fine, publishStoredMetrics: reject }],
  ])('(%s) costs the invocation nothing but a warning', async (_, metrics) => {
    const { logger, lines } = recordingLogger();
    const handler = withParallel({ metrics, logger }, async () => 'answer');
    expect(await handler({}, lambdaContext())).toBe('answer');
    await turn();
    expect(lines).toEqual([['warn', 'Cannot write the metrics of this invocation; its result is not affected', failed]]);
  });

  test('costs nothing even where the logger fails as well', async () => {
    const logger = { debug: fail, info: fail, warn: fail, error: fail };
    const handler = withParallel({ metrics: { addMetric: fail }, logger }, async () => 'answer');
    expect(await handler({}, lambdaContext())).toBe('answer');
  });

  test('(Powertools, which knows one of the names with another unit) costs nothing either', async () => {
    const { metrics } = ordersMetrics();
    const { logger, lines } = recordingLogger();
    const handler = withParallel({ metrics, logger }, async () => {
      metrics.addMetric('Speedup', 'Count', 1);
      metrics.addMetric('Throttles', 'Seconds', 1);
      return 'answer';
    });
    expect(await handler({}, lambdaContext())).toBe('answer');
    expect(lines).toEqual([
      ['warn', expect.any(String), expect.objectContaining({ message: expect.stringContaining('Throttles') })],
    ]);
    metrics.clearMetrics();
  });
});

test('createParallel() takes anything with addMetric(), and leaves publishing to it', async () => {
  const added: [string, string, number][] = [];
  const runtime = createParallel({ metrics: { addMetric: (...metric) => added.push(metric) } });
  await runtime.io.map([1], (item) => item);
  expect(added).toEqual([]);
  await runtime[Symbol.asyncDispose]();
  expect(added).toContainEqual(['TasksFulfilled', 'Count', 1]);
});
