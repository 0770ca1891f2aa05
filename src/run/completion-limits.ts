import { between, integer } from '../validation.ts';

/** When `mapSettled` may end before its input does. The words are those of Step Functions and of durable functions. */
export interface CompletionOptions {
  /** Failures after which nothing more is started: one more than this many. Integer >= 0. @defaultValue all */
  readonly toleratedFailureCount?: number | undefined;
  /** The same in percent of all items, 0 to 100. Needs an input of known length. @defaultValue 100 */
  readonly toleratedFailurePercentage?: number | undefined;
  /** Stop as soon as this many have succeeded. Integer >= 1. @defaultValue all */
  readonly minSuccessful?: number | undefined;
}

/** The same, with `Infinity` and 100 for what is not bounded. */
export interface CompletionLimits {
  readonly toleratedFailureCount: number;
  readonly toleratedFailurePercentage: number;
  readonly minSuccessful: number;
}

export const COMPLETION_KEYS: readonly string[] = ['toleratedFailureCount', 'toleratedFailurePercentage', 'minSuccessful'];

export function resolveCompletionLimits({
  toleratedFailureCount,
  toleratedFailurePercentage = 100,
  minSuccessful,
}: CompletionOptions): CompletionLimits {
  return {
    toleratedFailureCount:
      toleratedFailureCount === undefined ? Number.POSITIVE_INFINITY : integer('toleratedFailureCount', toleratedFailureCount, 0),
    toleratedFailurePercentage: between('toleratedFailurePercentage', toleratedFailurePercentage, 0, 100),
    minSuccessful: minSuccessful === undefined ? Number.POSITIVE_INFINITY : integer('minSuccessful', minSuccessful, 1),
  };
}
