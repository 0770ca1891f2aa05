import { Metrics } from '@aws-lambda-powertools/metrics';
import type { MetricUnit as PowertoolsUnit } from '@aws-lambda-powertools/metrics/types';
import { createParallel, type MetricName, type MetricsSink, type MetricUnit, parallel, withParallel } from 'lambda-parallel';
import { expectTypeOf, test } from 'vitest';

test('metrics takes the Metrics of Powertools as they are', () => {
  const metrics = new Metrics({ namespace: 'shop' });
  expectTypeOf(metrics).toExtend<MetricsSink>();
  expectTypeOf<MetricUnit>().toExtend<PowertoolsUnit>();
  parallel({ metrics });
  withParallel({ metrics }, () => 'done');
  createParallel({ metrics });
});

test("metrics takes 'log', nothing, and whatever has addMetric()", () => {
  parallel({ metrics: 'log' });
  parallel({ metrics: undefined });
  parallel({ metrics: { addMetric: (name: string, unit: string, value: number) => `${name} ${value} ${unit}` } });
  parallel({
    metrics: {
      addMetric(name, unit, value) {
        expectTypeOf(name).toEqualTypeOf<MetricName>();
        expectTypeOf(unit).toEqualTypeOf<MetricUnit>();
        expectTypeOf(value).toBeNumber();
      },
      publishStoredMetrics: () => undefined,
    },
  });
  // @ts-expect-error -- no other word
  parallel({ metrics: 'emf' });
  // @ts-expect-error -- not a sink
  parallel({ metrics: { add: () => undefined } });
});
