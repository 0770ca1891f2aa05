import { ServiceCallError } from '../errors.ts';

interface ErrorLike {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  /** Node reports a refused connection to a name with several addresses as an `AggregateError`. */
  readonly errors?: readonly unknown[];
}

/** What to do next, by error code or message, where that is the same for every service. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; check the endpoint of the client and AWS_ENDPOINT_URL',
  ENOTFOUND: 'the host name is not known; check the region and endpoint of the client',
  ECONNRESET: 'the connection was cut; if it stays so, check the network path to the service',
  CredentialsProviderError:
    'no credentials were found; give the function a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  ExpiredToken: 'the credentials have expired; renew them',
  ExpiredTokenException: 'the credentials have expired; renew them',
  InvalidAccessKeyId: 'the access key is not known; check the credentials and the endpoint',
  SignatureDoesNotMatch: 'the secret key does not fit the access key; check the credentials',
  RequestTimeTooSkewed: 'the clock of this machine is off; set it',
  PermanentRedirect: 'the bucket is in another region; set the region of the client',
  AuthorizationHeaderMalformed: 'the bucket is in another region; set the region of the client',
  SlowDown: 'the service is throttling; lower the concurrency, or spread the keys over prefixes',
  RequestLimitExceeded: 'the service is throttling; lower the concurrency',
  // Errors of the SDK itself have no code, and this one every first user meets.
  'Region is missing': 'set AWS_REGION, or the region of the client',
  InternalError: 'the service failed; try again later',
  TimeoutError: 'no answer came in time; raise the timeouts of the client, or lower the concurrency',
  ETIMEDOUT: 'no answer came in time; raise the timeouts of the client, or lower the concurrency',
  EMFILE: 'too many files and sockets are open; lower the concurrency',
};

/**
 * Wraps what `client.send` threw, so that the message names the resource and the next step.
 *
 * @param attempt - What was attempted: `get s3://photos/a.jpg`.
 * @param nextSteps - By error code, before the general ones.
 */
export function serviceCallError(
  attempt: string,
  cause: unknown,
  nextSteps: Readonly<Record<string, string>> = {},
): ServiceCallError {
  const error = rootOf(cause as ErrorLike);
  // The SDK puts the service's code into `name`; Node's own errors have it in `code`, and only `Error` as name.
  const serviceCode = String(
    error.$metadata?.httpStatusCode === undefined && typeof error.code === 'string' ? error.code : error.name,
  );
  const statusCode = error.$metadata?.httpStatusCode;
  const nextStep = nextSteps[serviceCode] ?? NEXT_STEPS[serviceCode] ?? NEXT_STEPS[String(error.message)] ?? 'see cause';
  const answer = statusCode === undefined ? serviceCode : `${serviceCode} (HTTP ${statusCode})`;
  const detail = error.message ? `, "${String(error.message).replace(/\.$/, '')}"` : '';
  return new ServiceCallError(`Cannot ${attempt}: ${answer}${detail}; ${nextStep}`, { cause, serviceCode, statusCode });
}

function rootOf(error: ErrorLike): ErrorLike {
  const [first] = error?.errors ?? [];
  return first === undefined ? (error ?? {}) : (first as ErrorLike);
}
