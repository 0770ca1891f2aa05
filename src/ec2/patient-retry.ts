import type { EC2ClientConfig, EC2ClientResolvedConfig } from '@aws-sdk/client-ec2';
import { getRetryPlugin, StandardRetryStrategy } from '@smithy/core/retry';
import { ThrottlePacer } from './throttle-pacer.ts';

type RetryStrategy = Extract<NonNullable<EC2ClientConfig['retryStrategy']>, { acquireInitialRetryToken: unknown }>;
type RetryToken = Awaited<ReturnType<RetryStrategy['acquireInitialRetryToken']>>;
type RetryErrorInfo = Parameters<RetryStrategy['refreshRetryTokenForRetry']>[1];

/** Without any success for this long, a throttle is an outage, and the call fails with the service's own error. */
const MAX_MS_WITHOUT_SUCCESS = 60_000;

/**
 * The SDK's retry loop with the patience that reading a whole fleet needs: a throttled call waits for its turn instead of using
 * up its attempts, and all calls of a run slow down together. Every other error is left to the strategy of the client, so
 * there is one retry policy still.
 */
export class PatientRetry implements RetryStrategy {
  /** Requests that were sent: a call that is retried twice counts three times, as EC2 counts it. */
  apiCallCount = 0;
  /** Those of them that were refused because of the rate. */
  throttledCallCount = 0;
  readonly #clientStrategy: RetryStrategy;
  readonly #maxAttempts: () => Promise<number>;
  readonly #signal: AbortSignal;
  readonly #pacer = new ThrottlePacer();
  #succeededAtMs = performance.now();

  /** @param signal - Ends the waiting of all calls. */
  static async of({ config }: { readonly config: EC2ClientResolvedConfig }, signal: AbortSignal): Promise<PatientRetry> {
    const strategy = await config.retryStrategy();
    // A strategy of the first generation cannot be asked for one retry at a time.
    const clientStrategy = 'acquireInitialRetryToken' in strategy ? strategy : new StandardRetryStrategy(config.maxAttempts);
    return new PatientRetry(clientStrategy, config.maxAttempts, signal);
  }

  private constructor(clientStrategy: RetryStrategy, maxAttempts: () => Promise<number>, signal: AbortSignal) {
    this.#clientStrategy = clientStrategy;
    this.#maxAttempts = maxAttempts;
    this.#signal = signal;
  }

  /** For one command: replaces the retry middleware of its client, whose other calls go on as they were. */
  get plugin(): ReturnType<typeof getRetryPlugin> {
    return getRetryPlugin({ retryStrategy: async () => this, maxAttempts: this.#maxAttempts } as Parameters<
      typeof getRetryPlugin
    >[0]);
  }

  async acquireInitialRetryToken(scope: string): Promise<RetryToken> {
    const token = await this.#clientStrategy.acquireInitialRetryToken(scope);
    await this.#pacer.slot(this.#signal);
    this.apiCallCount += 1;
    return token;
  }

  async refreshRetryTokenForRetry(token: RetryToken, info: RetryErrorInfo): Promise<RetryToken> {
    if (info.errorType !== 'THROTTLING') {
      const refreshed = await this.#clientStrategy.refreshRetryTokenForRetry(token, info);
      this.apiCallCount += 1;
      return refreshed;
    }
    this.throttledCallCount += 1;
    this.#pacer.throttled();
    if (performance.now() - this.#succeededAtMs > MAX_MS_WITHOUT_SUCCESS) {
      throw new Error(`Cannot retry: throttled for ${MAX_MS_WITHOUT_SUCCESS} ms without one success`);
    }
    await this.#pacer.slot(this.#signal);
    this.apiCallCount += 1;
    return token;
  }

  recordSuccess(token: RetryToken): void {
    this.#succeededAtMs = performance.now();
    this.#pacer.succeeded();
    this.#clientStrategy.recordSuccess(token);
  }
}
