import type { DescribeVolumesCommand } from '@aws-sdk/client-ec2';
import { ThrottlePacer } from './throttle-pacer.ts';

/** A command of EC2, as far as middlewares go. */
interface Command {
  readonly middlewareStack: Pick<DescribeVolumesCommand['middlewareStack'], 'addRelativeTo'>;
}

/** Without any success for this long, a throttle is an outage, and is left to the client's own retries. */
const MAX_MS_WITHOUT_SUCCESS = 60_000;

/** The first is EC2's own, https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html; the others may come from in front of it. */
const THROTTLES: readonly string[] = [
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'RequestThrottled',
  'SlowDown',
];

/**
 * The patience that reading a whole fleet needs: a throttled request waits for its turn within one attempt of the SDK's retry
 * loop, so that it costs none, and all calls of a run slow down together. Every other error goes to the retry strategy of the
 * client as it is, so there is one retry policy still.
 */
export class ThrottlePatience {
  /** Requests that were sent: a call that is sent twice counts twice, as EC2 counts it. */
  apiCallCount = 0;
  /** Those of them that were refused because of the rate. */
  throttledCallCount = 0;
  readonly #pacer = new ThrottlePacer();
  readonly #onRepeat: () => void;
  #succeededAtMs = performance.now();

  /** @param onRepeat - Called for each refused request that is sent again from here. */
  constructor(onRepeat: () => void = () => undefined) {
    this.#onRepeat = onRepeat;
  }

  /**
   * For one command: its client's other calls go on as they were.
   *
   * @param signal - Ends the waiting.
   */
  applyTo({ middlewareStack }: Command, signal: AbortSignal): void {
    middlewareStack.addRelativeTo(
      <Request, Output>(next: (request: Request) => Promise<Output>) =>
        (request: Request) =>
          this.#send(() => next(request), signal),
      // Before the signature, so that each repeat has one of its own.
      { name: 'throttlePatience', relation: 'after', toMiddleware: 'retryMiddleware' },
    );
  }

  async #send<Output>(attempt: () => Promise<Output>, signal: AbortSignal): Promise<Output> {
    while (true) {
      await this.#pacer.slot(signal);
      this.apiCallCount += 1;
      try {
        const output = await attempt();
        this.#succeededAtMs = performance.now();
        this.#pacer.succeeded();
        return output;
      } catch (error) {
        if (!THROTTLES.includes((error as Error).name)) throw error;
        this.throttledCallCount += 1;
        this.#pacer.throttled();
        if (performance.now() - this.#succeededAtMs > MAX_MS_WITHOUT_SUCCESS) throw error;
        this.#onRepeat();
      }
    }
  }
}
