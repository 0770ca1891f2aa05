import { TuningInputError } from './input-error.ts';

interface WeightedPayload {
  readonly payload: unknown;
  readonly weight: unknown;
}

export interface PayloadOptions {
  /** Invocations of a setting. */
  readonly num: number;
  readonly concurrencyField?: string | undefined;
}

/**
 * What is sent, as JSON: one text for each of the `num` invocations of a setting. Weighted payloads come in the order of their list.
 *
 * @param payload - Of the input, or what its `payloadS3` holds. A text that is JSON already is sent as it is.
 * @param concurrency - What is put into the field `concurrencyField` of each; absent: they stay as they are.
 * @param source - File or S3 object, for the error.
 * @throws {TuningInputError} If there are more weighted payloads than invocations, or the field is in none.
 */
export function payloadsOf(
  payload: unknown,
  { num, concurrencyField }: PayloadOptions,
  concurrency: number | undefined,
  source: string,
): readonly string[] {
  const problems = payloadProblems(payload, { num, concurrencyField });
  if (concurrency !== undefined && concurrencyField === undefined) {
    problems.push('concurrencyField must name the field of the payload that is the concurrency: undefined');
  }
  if (problems.length > 0) throw new TuningInputError(source, problems);

  const sent = (value: unknown): string =>
    asJson(
      concurrency === undefined || concurrencyField === undefined
        ? value
        : { ...(value as object), [concurrencyField]: concurrency },
    );
  if (!isWeighted(payload)) return Array.from({ length: num }, () => sent(payload));
  const counts = weightedCounts(payload, num);
  return payload.flatMap((weighted, index) => Array.from({ length: counts[index] ?? 0 }, () => sent(weighted.payload)));
}

/** What is wrong with a payload, in words. */
export function payloadProblems(payload: unknown, { num, concurrencyField }: PayloadOptions): string[] {
  const problems: string[] = [];
  if (isWeighted(payload)) problems.push(...weightProblems(payload, num));
  if (concurrencyField !== undefined) {
    const values = isWeighted(payload) ? payload.map((weighted) => weighted.payload) : [payload];
    if (!values.every((value) => isObject(value) && concurrencyField in value)) {
      problems.push(`concurrencyField must name a field of the payload: ${JSON.stringify(concurrencyField)}`);
    }
  }
  return problems;
}

function weightProblems(payload: readonly WeightedPayload[], num: number): string[] {
  const wrong = payload.findIndex(
    ({ weight }) => !(typeof weight === 'number' && weight > 0 && weight < Number.POSITIVE_INFINITY),
  );
  if (wrong >= 0) return [`payload.${wrong}.weight must be a number above 0: ${JSON.stringify(payload[wrong]?.weight)}`];
  const idle = weightedCounts(payload, num).findIndex((count) => count < 1);
  if (idle < 0) return [];
  return [`num must be large enough for each weighted payload to be sent; payload.${idle} would not: ${num}`];
}

/** As the state machine: any other list is a payload itself. */
function isWeighted(payload: unknown): payload is readonly WeightedPayload[] {
  return (
    Array.isArray(payload) &&
    payload.length > 0 &&
    payload.every((item) => Boolean(isObject(item) && item['payload'] && item['weight']))
  );
}

/** Rounded down; the last one gets what is left. */
function weightedCounts(payload: readonly WeightedPayload[], num: number): readonly number[] {
  const weights = payload.map(({ weight }) => Number(weight));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const counts = weights.map((weight) => Math.floor((weight * num) / total));
  // The last one must be due at least one by its weight as well.
  if (counts.every((count) => count >= 1)) {
    const before = counts.slice(0, -1).reduce((sum, count) => sum + count, 0);
    counts[counts.length - 1] = num - before;
  }
  return counts;
}

/** The state machine takes what is empty for no payload. */
function asJson(payload: unknown): string {
  if (!payload) return 'null';
  if (typeof payload === 'string' && isJson(payload)) return payload;
  return JSON.stringify(payload);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
