/** Quotas of the account and of every call; AWS has the same, most of them fixed. */
export interface LambdaLimits {
  /** Invocations of all functions at once. @defaultValue 1,000 */
  readonly accountConcurrency?: number;
  /** What reserved concurrency has to leave to the functions without any. @defaultValue 100 */
  readonly minUnreservedConcurrency?: number;
  /** Payload of a synchronous invocation. @defaultValue 6 MB */
  readonly maxPayloadBytes?: number;
  /** Payload of an asynchronous invocation. @defaultValue 1 MB */
  readonly maxAsyncPayloadBytes?: number;
  /** What an asynchronous invocation gets after a function error, where the template does not say. @defaultValue 2 */
  readonly maxAsyncRetries?: number;
  /** Before the first retry, twice as long before the second; Lambda waits one minute and two. @defaultValue 1,000 */
  readonly asyncRetryDelayMs?: number;
  /** How long `LastUpdateStatus` is `InProgress` after an update; on AWS it is seconds. @defaultValue 100 */
  readonly updateMs?: number;
}

export type ResolvedLimits = Readonly<Required<LambdaLimits>>;

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const QUOTAS: ResolvedLimits = {
  accountConcurrency: 1000,
  minUnreservedConcurrency: 100,
  maxPayloadBytes: 6_291_456,
  maxAsyncPayloadBytes: 1_048_576,
  maxAsyncRetries: 2,
  asyncRetryDelayMs: 1000,
  updateMs: 100,
};

/**
 * @throws {TypeError} If a limit is unknown.
 * @throws {RangeError} If one is not an integer >= 0.
 */
export function resolveLimits(limits: LambdaLimits = {}): ResolvedLimits {
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(QUOTAS, name)) throw new TypeError(`Cannot read limits: "${name}" is unknown`);
    if (!Number.isInteger(value) || value < 0)
      throw new RangeError(`Cannot set ${name}: it must be an integer >= 0, got ${value}`);
  }
  return { ...QUOTAS, ...limits };
}
