import { availableParallelism, cpus, totalmem } from 'node:os';

/** One measured number, in the form that demos and benchmarks share. */
export interface Figure {
  readonly name: string;
  /** The median of the runs. */
  readonly value: number;
  readonly unit: string;
  readonly runs: number;
  /** Smallest and largest of the runs. */
  readonly spread: readonly [number, number];
}

interface Machine {
  readonly cpu: string;
  readonly visibleVcpus: number;
  readonly memoryGib: number;
  readonly platform: string;
  readonly node: string;
}

/** @param values - One per run, at least one. */
export function figure(name: string, unit: string, values: readonly number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const [smallest] = sorted;
  const largest = sorted.at(-1);
  if (smallest === undefined || largest === undefined) throw new RangeError(`Cannot make the figure ${name}: no run has a value`);
  return { name, unit, value: rounded(median(sorted)), runs: sorted.length, spread: [rounded(smallest), rounded(largest)] };
}

function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    visibleVcpus: availableParallelism(),
    memoryGib: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

/**
 * The one object that `--json` puts on stdout.
 *
 * @param conditions - What else the figures depend on.
 */
export function figuresJson(figures: readonly Figure[], conditions: object = {}): string {
  return JSON.stringify({ machine: thisMachine(), ...conditions, figures }, null, 2);
}

function median(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Four significant digits: what is behind them is noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
