import { decodeNumbers, encodeNumbers, float32, int16 } from './number-list.ts';
import { VisualizationUrlError } from './visualization-error.ts';

/** What the original tool draws: for each memory setting the mean time and cost of one invocation. */
export interface Visualization {
  /** In MB. */
  readonly sizes: readonly number[];
  /** In ms, with the 24 bits of a 32-bit float. */
  readonly times: readonly number[];
  /** In `currency`, likewise. */
  readonly costs: readonly number[];
}

export interface DecodedVisualization extends Visualization {
  readonly currency: 'CNY' | 'USD';
}

const LARGEST_SIZE_MB = 2 ** 15 - 1;

/**
 * The URL at which the page of the original tool draws the figures, which stay in the browser.
 *
 * @param base - The page: `https://lambda-power-tuning.show/`, with `?currency=CNY` where costs are not in USD.
 * @throws {RangeError} If the lists differ in length or are empty, or hold what the URL cannot.
 */
export function encodeVisualization({ sizes, times, costs }: Visualization, base: string): string {
  const problem = problemOf({ sizes, times: times.map(Math.fround), costs: costs.map(Math.fround) });
  if (problem !== undefined) throw new RangeError(`Cannot make a visualization URL: ${problem}`);
  return `${base}#${[encodeNumbers(sizes, int16), encodeNumbers(times, float32), encodeNumbers(costs, float32)].join(';')}`;
}

/**
 * The figures in such a URL, whoever made it.
 *
 * @throws {VisualizationUrlError} If it is cut off, or not one at all.
 */
export function decodeVisualization(url: string): DecodedVisualization {
  const { hash, searchParams } = parsed(url);
  const parts = unescaped(hash.slice(1)).split(';');
  if (parts.length !== 3) throw new VisualizationUrlError(`it must have 3 lists after its #: ${hash === '' ? 0 : parts.length}`);
  const list = (index: number, name: string, format: typeof int16): readonly number[] => {
    const numbers = decodeNumbers(parts[index] ?? '', format);
    if (numbers !== undefined) return numbers;
    throw new VisualizationUrlError(
      `its ${name} must be numbers of ${format.bytesPerNumber} bytes in base64: ${JSON.stringify(parts[index])}`,
    );
  };
  const visualization = { sizes: list(0, 'sizes', int16), times: list(1, 'times', float32), costs: list(2, 'costs', float32) };
  const problem = problemOf(visualization);
  if (problem !== undefined) throw new VisualizationUrlError(problem);
  return { ...visualization, currency: searchParams.get('currency') === 'CNY' ? 'CNY' : 'USD' };
}

function problemOf({ sizes, times, costs }: Visualization): string | undefined {
  if (sizes.length === 0 || times.length !== sizes.length || costs.length !== sizes.length) {
    return `sizes, times and costs must be as many, and at least one: ${sizes.length}, ${times.length} and ${costs.length}`;
  }
  const wrongSize = sizes.find((size) => !(Number.isInteger(size) && size >= 1 && size <= LARGEST_SIZE_MB));
  if (wrongSize !== undefined) return `sizes must be integers from 1 to ${LARGEST_SIZE_MB}: ${wrongSize}`;
  const wrong = [...times, ...costs].find((value) => !(Number.isFinite(value) && value >= 0));
  return wrong === undefined ? undefined : `times and costs must be finite and not negative: ${wrong}`;
}

function parsed(url: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    throw new VisualizationUrlError(`it must be a URL: ${JSON.stringify(url)}`, { cause });
  }
}

/** Some programs escape `;` and `=` in what they pass on. */
function unescaped(hash: string): string {
  try {
    return decodeURIComponent(hash);
  } catch (cause) {
    throw new VisualizationUrlError(`it must be escaped in full or not at all: ${JSON.stringify(hash)}`, { cause });
  }
}
