import { strictEqual } from 'node:assert/strict';
import { type Figure, figure } from '../../local/figures/figures.ts';
import type { Progress } from '../../local/figures/progress.ts';
import { rotated } from '../rotated.ts';
import { spin } from './spin.ts';

/** One way of putting `spin` over a list of items. */
export interface Contestant {
  readonly name: string;
  /** Where it sends chunks that were cut by hand. */
  readonly chunkSize?: number;
  /** Who is slow per item may get fewer: what counts is the rate. */
  readonly items: readonly number[];
  readonly map: (items: readonly number[]) => Promise<readonly number[]>;
}

/** Items per second of each contestant, one value per run. */
export class ContestResult {
  readonly #rates: ReadonlyMap<Contestant, readonly number[]>;

  constructor(rates: ReadonlyMap<Contestant, readonly number[]>) {
    this.#rates = rates;
  }

  /** @throws {RangeError} If nobody has that name. */
  named(name: string): Contestant {
    const contestant = [...this.#rates.keys()].find((candidate) => candidate.name === name);
    if (contestant === undefined) throw new RangeError(`Cannot find the contestant "${name}": it did not take part`);
    return contestant;
  }

  /** The chunk with the best median. @throws {RangeError} If nobody sent chunks. */
  bestChunk(): Contestant {
    const medians = [...this.#rates.keys()]
      .filter(({ chunkSize }) => chunkSize !== undefined)
      .map((contestant) => ({ contestant, median: this.rate(contestant.name, contestant).value }));
    const [best] = medians.sort((a, b) => b.median - a.median);
    if (best === undefined) throw new RangeError('Cannot find the best chunk: no contestant sends chunks');
    return best.contestant;
  }

  withoutChunks(): Contestant[] {
    return [...this.#rates.keys()].filter(({ chunkSize }) => chunkSize === undefined);
  }

  rate(figureName: string, contestant: Contestant): Figure {
    return figure(figureName, 'items/s', this.#rates.get(contestant) ?? []);
  }

  /** How many times faster one is than another, run by run. */
  ratios(own: Contestant, peer: Contestant): number[] {
    const peerRates = this.#rates.get(peer) ?? [];
    return (this.#rates.get(own) ?? []).map((rate, run) => rate / (peerRates[run] ?? Number.NaN));
  }
}

/** Runs before the measured ones, in which each thread loads its module and compiles it. */
const WARM_UP_RUNS = 1;

/** Each contestant runs once in each run, in turns, and each result is checked. */
export async function contest(
  title: string,
  contestants: readonly Contestant[],
  runCount: number,
  progress: Progress,
): Promise<ContestResult> {
  const rates = new Map<Contestant, number[]>(contestants.map((contestant) => [contestant, []]));
  let doneCount = 0;
  const runAll = async (): Promise<void> => {
    for (let run = -WARM_UP_RUNS; run < runCount; run += 1) {
      for (const contestant of rotated(contestants, run + WARM_UP_RUNS)) {
        globalThis.gc?.();
        const startedAtMs = performance.now();
        const results = await contestant.map(contestant.items);
        const seconds = (performance.now() - startedAtMs) / 1000;
        checkResults(contestant, results);
        if (run >= 0) rates.get(contestant)?.push(contestant.items.length / seconds);
        doneCount += 1;
      }
    }
  };
  await progress.during(title, (runCount + WARM_UP_RUNS) * contestants.length, () => doneCount, runAll);
  return new ContestResult(rates);
}

/** By item. */
const expectedResults = new Map<number, number>();

function checkResults({ name, items }: Contestant, results: readonly number[]): void {
  strictEqual(results.length, items.length, `${name} gave too many results, or too few`);
  for (const [index, item] of items.entries()) {
    let expected = expectedResults.get(item);
    if (expected === undefined) {
      expected = spin(item);
      expectedResults.set(item, expected);
    }
    if (results[index] !== expected) strictEqual(results[index], expected, `${name} gave a wrong result for item ${index}`);
  }
}
