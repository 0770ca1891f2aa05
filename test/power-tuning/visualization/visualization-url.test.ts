import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VisualizationUrlError } from '../../../power-tuning/visualization/visualization-error.ts';
import { decodeVisualization, encodeVisualization } from '../../../power-tuning/visualization/visualization-url.ts';

const PAGE = 'https://lambda-power-tuning.show/';
/** The example in the README of the original tool. */
const KNOWN = `${PAGE}#gAAAAQACAAQABsAL;ZooQR4yvkUa/pQRGRC5zRaADHUVjOftE;QdWhOEMkoziDT5Q4xhiIOMYYiDi6RNc4`;

const anyPoint = fc.record({
  size: fc.integer({ min: 1, max: 32_767 }),
  time: fc.float({ min: 0, noNaN: true, noDefaultInfinity: true }),
  cost: fc.float({ min: 0, noNaN: true, noDefaultInfinity: true }),
});
const anyVisualization = fc.array(anyPoint, { minLength: 1, maxLength: 50 }).map((points) => ({
  sizes: points.map(({ size }) => size),
  times: points.map(({ time }) => time),
  costs: points.map(({ cost }) => cost),
}));

test('a URL of the original tool decodes to its figures, and these encode to the same URL', () => {
  const { currency, ...figures } = decodeVisualization(KNOWN);
  expect(currency).toBe('USD');
  expect(figures.sizes).toEqual([128, 256, 512, 1024, 1536, 3008]);
  expect(figures.times.map((ms) => Math.round(ms))).toEqual([37_002, 18_648, 8489, 3891, 2512, 2010]);
  expect(figures.costs.map((usd) => usd.toPrecision(4))).toEqual([
    '0.00007717',
    '0.00007779',
    '0.00007072',
    '0.00006490',
    '0.00006490',
    '0.0001026',
  ]);
  expect(encodeVisualization(figures, PAGE)).toBe(KNOWN);
});

test('figures with three digits encode as the original encodes them', () => {
  const url = encodeVisualization({ sizes: [1, 2, 3], times: [2, 2, 1], costs: [3, 2, 2] }, PAGE);
  expect(url).toBe(`${PAGE}#AQACAAMA;AAAAQAAAAEAAAIA/;AABAQAAAAEAAAABA`);
});

test('what is encoded decodes to the same numbers', () => {
  fc.assert(
    fc.property(anyVisualization, (figures) => {
      expect(decodeVisualization(encodeVisualization(figures, PAGE))).toEqual({ ...figures, currency: 'USD' });
    }),
  );
});

test('what is decoded encodes to the same URL, also of numbers with more digits than it holds', () => {
  const more = fc.double({ min: 0, max: 1e30, noNaN: true });
  fc.assert(
    fc.property(fc.array(more, { minLength: 1 }), (times) => {
      const url = encodeVisualization({ sizes: times.map((_, index) => index + 1), times, costs: times }, PAGE);
      const decoded = decodeVisualization(url);
      expect(decoded.times).toEqual(times.map(Math.fround));
      expect(encodeVisualization(decoded, PAGE)).toBe(url);
    }),
  );
});

test('the currency of China is read; other pages, escaped and unpadded lists as well', () => {
  const figures = { sizes: [128], times: [1.5], costs: [0.25] };
  const url = encodeVisualization(figures, 'http://127.0.0.1:8080/chart?currency=CNY');
  expect(decodeVisualization(url)).toEqual({ ...figures, currency: 'CNY' });
  expect(decodeVisualization(url.replaceAll(';', '%3B').replaceAll('=', '%3D'))).toMatchObject(figures);
  expect(decodeVisualization(url.replaceAll('==', ''))).toMatchObject(figures);
});

describe('a URL that is not one of the tool is refused:', () => {
  const [page, hash = ''] = KNOWN.split('#');
  const [sizes, times, costs = ''] = hash.split(';');

  test.each([
    ['no URL', 'lambda-power-tuning', 'it must be a URL: "lambda-power-tuning"'],
    ['nothing after the page', PAGE, 'it must have 3 lists after its #: 0'],
    ['a list is missing', `${page}#${sizes};${times}`, 'it must have 3 lists after its #: 2'],
    ['a list too many', `${KNOWN};${sizes}`, 'it must have 3 lists after its #: 4'],
    [
      'cut off in the middle of a number',
      KNOWN.slice(0, -2),
      `its costs must be numbers of 4 bytes in base64: "${costs.slice(0, -2)}"`,
    ],
    [
      'cut off after a number',
      `${page}#${sizes};${times};QdWhOA==`,
      'sizes, times and costs must be as many, and at least one: 6, 6 and 1',
    ],
    ['no base64', `${page}#gAA*;${times};${costs}`, 'its sizes must be numbers of 2 bytes in base64: "gAA*"'],
    ['empty lists', `${page}#;;`, 'sizes, times and costs must be as many, and at least one: 0, 0 and 0'],
    ['a negative size', `${page}#//8=;AACAPw==;AACAPw==`, 'sizes must be integers from 1 to 32767: -1'],
    ['no number', `${page}#gAA=;AADAfw==;AACAPw==`, 'times and costs must be finite and not negative: NaN'],
    ['half escaped', `${page}#%`, 'it must be escaped in full or not at all: "%"'],
  ])('%s', (_, url, problem) => {
    const decode = () => decodeVisualization(url);
    expect(decode).toThrow(new VisualizationUrlError(problem));
    expect(decode).toThrow(expect.objectContaining({ code: 'ERR_TUNING_VISUALIZATION_URL' }));
  });
});

test.each([
  [{ sizes: [40_000], times: [1], costs: [1] }, 'sizes must be integers from 1 to 32767: 40000'],
  [{ sizes: [128.5], times: [1], costs: [1] }, 'sizes must be integers from 1 to 32767: 128.5'],
  [{ sizes: [128], times: [1e39], costs: [1] }, 'times and costs must be finite and not negative: Infinity'],
  [{ sizes: [128], times: [1], costs: [-1] }, 'times and costs must be finite and not negative: -1'],
  [{ sizes: [128], times: [], costs: [1] }, 'sizes, times and costs must be as many, and at least one: 1, 0 and 1'],
])('%j cannot be encoded', (figures, problem) => {
  expect(() => encodeVisualization(figures, PAGE)).toThrow(new RangeError(`Cannot make a visualization URL: ${problem}`));
});
