/** As the SDK has them: `THROTTLING_ERROR_CODES` of @smithy/core 3. */
const THROTTLES: readonly string[] = [
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
];

const TOO_MANY_REQUESTS = 429;

/** What an error of the SDK, of `fetch` wrappers, or our `ServiceCallError` may have. */
interface ErrorLike {
  readonly name?: unknown;
  readonly serviceCode?: unknown;
  readonly statusCode?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown } | undefined;
  readonly $retryable?: { readonly throttling?: unknown } | undefined;
}

/** Whether a service refused a call because of the rate. Anything may be thrown, so anything may be asked about. */
export function isThrottle(error: unknown): boolean {
  const { name, serviceCode, statusCode, $metadata, $retryable } = Object(error) as ErrorLike;
  return (
    THROTTLES.includes((serviceCode ?? name) as string) ||
    (statusCode ?? $metadata?.httpStatusCode) === TOO_MANY_REQUESTS ||
    $retryable?.throttling === true
  );
}
