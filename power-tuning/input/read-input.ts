import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { type BaseIssue, getDotPath, safeParse } from 'valibot';
import { TuningInputError } from './input-error.ts';
import { payloadProblems } from './payloads.ts';
import { allPowerValues, defaultPowerValues, MAX_MEMORY_MB } from './power-values.ts';
import { type TuningInput, TuningInputSchema } from './tuning-input.ts';

export interface ReadOptions {
  /** The most that the account may have: it caps the default settings, and an input that asks for more is wrong. */
  readonly maxMemoryMb?: number | undefined;
}

/** @throws {TuningInputError} If the file cannot be read, is not JSON, or {@link readInput} refuses what it says. */
export async function readInputFile(file: string, options: ReadOptions = {}): Promise<TuningInput> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const problem = cause.code === 'ENOENT' ? 'there is no such file; write one with at least { "num": 10 }' : cause.message;
    throw new TuningInputError(file, [problem], { cause });
  });
  return readInput(parsed(text, file), file, options);
}

/**
 * What `value` says, with the state machine's defaults.
 *
 * @param file - Where it is from, for the error.
 * @throws {TuningInputError} Names every option that is wrong, its bounds and its value, and for an unknown one those that are known.
 */
export function readInput(value: unknown, file: string, { maxMemoryMb = MAX_MEMORY_MB }: ReadOptions = {}): TuningInput {
  // Valibot takes a list for an object without the required fields.
  const result = safeParse(TuningInputSchema, Array.isArray(value) ? value.length : value);
  if (!result.success) throw new TuningInputError(file, result.issues.map(complaint));
  const { powerValues: asked = [], ...input } = result.output;

  const problems = payloadProblemsOf(input);
  const powerValues = asked === 'ALL' ? allPowerValues() : asked.length > 0 ? asked : defaultPowerValues(maxMemoryMb);
  const tooLarge = powerValues.filter((memoryMb) => memoryMb > maxMemoryMb);
  if (tooLarge.length > 0)
    problems.push(`powerValues must be ${maxMemoryMb} at most, the maximum memory: ${tooLarge.join(', ')}`);
  if (problems.length > 0) throw new TuningInputError(file, problems);
  return { ...input, powerValues };
}

/** What `payloadS3` holds is looked at when it has been read. */
function payloadProblemsOf(input: Omit<TuningInput, 'powerValues'>): string[] {
  if (input.payloadS3 === undefined) return payloadProblems(input.payload, input);
  return input.payload === null ? [] : ['payload must be left out where payloadS3 is given: both are there'];
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TuningInputError(file, [`it must be JSON: ${(cause as Error).message}`], { cause });
  }
}

function complaint(issue: BaseIssue<unknown>): string {
  const name = getDotPath(issue) ?? 'it';
  // Of an unknown option and of a missing one, there is no value to show.
  const isAboutName = issue.type === 'strict_object' && issue.path !== undefined;
  return isAboutName ? `${name} ${issue.message}` : `${name} ${issue.message}: ${shown(issue.input)}`;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : inspect(value, { depth: 0 });
}
