import { InvalidArgumentError } from 'commander';
import { integerFrom } from '../../local/command-line/numbers.ts';

/** For commander: integers in bounds, separated by commas, each once. */
export function integersFrom(min: number, max?: number): (text: string) => readonly number[] {
  const integer = integerFrom(min, max);
  return (text) => {
    const values = text.split(',').map(integer);
    if (new Set(values).size === values.length) return values;
    throw new InvalidArgumentError('It must name each value once.');
  };
}

/** For commander: a number in bounds. */
export function numberFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
  };
}
