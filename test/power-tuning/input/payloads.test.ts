import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TuningInputError } from '../../../power-tuning/input/input-error.ts';
import { payloadsOf } from '../../../power-tuning/input/payloads.ts';

const sent = (payload: unknown, num = 5): readonly string[] => payloadsOf(payload, { num }, undefined, 'sum.json');

test.each([
  [{ n: 1 }, '{"n":1}'],
  ['{"n":1}', '{"n":1}'],
  ['just text', '"just text"'],
  [[1, 2], '[1,2]'],
  [null, 'null'],
  [undefined, 'null'],
  ['', 'null'],
])('%j is sent as %s, every time', (payload, expected) => {
  expect(sent(payload)).toEqual(Array(5).fill(expected));
});

test('weighted payloads are sent as often as their weights say, the last one for the rest', () => {
  const weighted = ['x', 'y', 'z'].map((name, index) => ({ payload: { name }, weight: [5, 15, 30][index] }));
  const counts = (num: number) => ['x', 'y', 'z'].map((name) => sent(weighted, num).filter((text) => text.includes(name)).length);
  expect(counts(50)).toEqual([5, 15, 30]);
  expect(counts(100)).toEqual([10, 30, 60]);
  expect(counts(11)).toEqual([1, 3, 7]);
  expect(sent(weighted, 10).join()).toBe(sent(weighted, 10).toSorted().join());
});

test('a list in which one has no weight is a payload itself', () => {
  expect(sent([{ payload: 1, weight: 1 }, { payload: 1 }])[0]).toBe('[{"payload":1,"weight":1},{"payload":1}]');
});

test('every invocation has a payload, whatever the weights', () => {
  const item = fc.record({ payload: fc.integer({ min: 1 }), weight: fc.integer({ min: 1, max: 20 }) });
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 5 }), fc.integer({ min: 100, max: 500 }), (weighted, num) => {
      const texts = sent(weighted, num);
      expect(texts).toHaveLength(num);
      expect(new Set(texts)).toEqual(new Set(weighted.map(({ payload }) => String(payload))));
    }),
  );
});

test.each([
  [10, [9.5, 0.5], 'num must be large enough for each weighted payload to be sent; payload.1 would not: 10'],
  [5, [1, 1, 1, 1, 1, 1], 'num must be large enough for each weighted payload to be sent; payload.0 would not: 5'],
  [5, [1, -1], 'payload.1.weight must be a number above 0: -1'],
  [5, [1, '1'], 'payload.1.weight must be a number above 0: "1"'],
])('%i invocations of weights %j are refused', (num, weights, problem) => {
  const weighted = weights.map((weight) => ({ payload: {}, weight }));
  expect(() => payloadsOf(weighted, { num }, undefined, 's3://events/a.json')).toThrow(
    new TuningInputError('s3://events/a.json', [problem]),
  );
});

test('the concurrency replaces the field of each payload, and nothing else', () => {
  const options = { num: 5, concurrencyField: 'width' };
  expect(payloadsOf({ n: 1, width: 4 }, options, 32, 'sum.json')[4]).toBe('{"n":1,"width":32}');
  const weighted = [1, 2].map((n) => ({ payload: { n, width: 4 }, weight: 1 }));
  expect(new Set(payloadsOf(weighted, options, 8, 'sum.json'))).toEqual(new Set(['{"n":1,"width":8}', '{"n":2,"width":8}']));
  expect(payloadsOf({ n: 1, width: 4 }, options, undefined, 'sum.json')[0]).toBe('{"n":1,"width":4}');
});

test('a concurrency without a field for it is refused', () => {
  expect(() => payloadsOf({ n: 1 }, { num: 5 }, 32, 'sum.json')).toThrow(
    'Cannot read sum.json: concurrencyField must name the field of the payload that is the concurrency: undefined',
  );
});
