import { fileURLToPath } from 'node:url';
import type { FunctionModel } from '../../local/template/model.ts';
import { readInput, readInputFile } from '../input/read-input.ts';
import type { TuningInput } from '../input/tuning-input.ts';
import type { Setting } from '../tuning.ts';
import type { TuneOptions } from './options.ts';

/** What is to be tuned, and how: the input with what the command line says instead. */
export interface TuningRequest {
  readonly name: string;
  readonly fn: FunctionModel;
  readonly input: TuningInput;
  /** In the order of the input. */
  readonly settings: readonly Setting[];
}

/** @throws {TuningInputError} @throws {TypeError} For a second axis that the input has no field for. */
export async function readRequest(name: string, fn: FunctionModel, options: TuneOptions): Promise<TuningRequest> {
  const { powerValues, maxMemoryMb, num, strategy, balancedWeight, concurrencies } = options;
  const file = options.inputFile ?? fileURLToPath(new URL(`../inputs/${name}.json`, import.meta.url));
  // Memory settings of the input that are not used may be larger than the maximum.
  const written = await readInputFile(file, powerValues === undefined ? { maxMemoryMb } : {});
  const asked = { powerValues, num, strategy, balancedWeight };
  const changes = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  const input = readInput({ ...written, ...changes }, file, { maxMemoryMb });
  if (concurrencies !== undefined && input.concurrencyField === undefined) {
    throw new TypeError(
      `Cannot tune the concurrency of ${name}: ${file} has no concurrencyField; name the field of its payload there`,
    );
  }
  const settings = input.powerValues.flatMap((memoryMb): Setting[] =>
    concurrencies === undefined ? [{ memoryMb }] : concurrencies.map((concurrency) => ({ memoryMb, concurrency })),
  );
  return { name, fn, input, settings };
}

/**
 * What the machine in the cloud does with an input, and this one does not.
 *
 * @throws {TypeError} If without it nothing can be measured.
 */
export function localOmissions({ payloadS3, autoOptimize }: TuningInput): string[] {
  if (payloadS3 !== undefined) {
    throw new TypeError(`Cannot tune locally with a payload in S3: ${payloadS3}; put it into the input as its payload`);
  }
  return autoOptimize ? ['autoOptimize is left out here; --apply writes the choice into samconfig.toml.'] : [];
}
