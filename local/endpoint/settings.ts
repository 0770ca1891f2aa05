import { setTimeout as delay } from 'node:timers/promises';
import { ServiceError, type ThrottledAnswer } from './service.ts';
import { TokenBucket } from './token-bucket.ts';

/** What one service imitates beside its data: time, limits and bad days. Everything is off by default. */
export interface ServiceSettings {
  /** Added to every call before it is answered, in ms. @defaultValue 0 */
  readonly latencyMs?: number;
  /** Above it the service answers as it does when it is called too often: S3 with 503 SlowDown. @defaultValue no limit */
  readonly throttle?: Throttle;
  /** Answers with errors instead of results, first match wins. @defaultValue none */
  readonly faults?: readonly Fault[];
}

export interface Throttle {
  /** Calls that the bucket regains per second. > 0 */
  readonly ratePerSecond: number;
  /** Calls that may come at once when none came before. Integer >= 1. */
  readonly burst: number;
}

interface Fault {
  /** Operation in AWS's words, as `GetObject`. @defaultValue every operation */
  readonly operation?: string;
  /** Only calls whose path and query hold this text, as an object key. */
  readonly matching?: string;
  /** How many calls fail before the fault is used up. @defaultValue Infinity (absent) */
  readonly times?: number;
  /** An error of the service, or what a network does: `reset` closes the socket unanswered, `hang` never answers. */
  readonly answer: { readonly status: number; readonly code: string; readonly message?: string } | 'reset' | 'hang';
}

export type Behaviour = 'answer' | 'reset' | 'hang';

/** Holds the settings of one service and applies them to each call. */
export class ServiceBehaviour {
  readonly #throttled: ThrottledAnswer | undefined;
  readonly #wait: (ms: number) => Promise<unknown>;
  #settings: ServiceSettings | undefined;
  #left: number[] = [];
  #tokens: TokenBucket | undefined;

  constructor(throttled?: ThrottledAnswer, wait: (ms: number) => Promise<unknown> = delay) {
    this.#throttled = throttled;
    this.#wait = wait;
  }

  /** @throws {TypeError} If a throttle is given and the service has limits of its own. */
  set(settings: ServiceSettings): void {
    if (settings.throttle !== undefined && this.#throttled === undefined) {
      throw new TypeError('Cannot set throttle: this service has request limits of its own; set those when it is created');
    }
    this.#settings = settings;
    this.#left = (settings.faults ?? []).map((fault) => fault.times ?? Number.POSITIVE_INFINITY);
    this.#tokens = settings.throttle && new TokenBucket(settings.throttle);
  }

  /** False as long as nothing was set: the call need not go through {@link apply}. */
  get isSet(): boolean {
    return this.#settings !== undefined;
  }

  /** @throws {ServiceError} The fault or the throttle that is set for this call. */
  async apply(operation: string, target: string): Promise<Behaviour> {
    const { latencyMs = 0, faults = [] } = this.#settings ?? {};
    if (latencyMs > 0) await this.#wait(latencyMs);
    if (this.#throttled !== undefined && this.#tokens !== undefined && !this.#tokens.take()) {
      throw new ServiceError(this.#throttled.status, this.#throttled.code, this.#throttled.message);
    }
    for (const [index, fault] of faults.entries()) {
      if (fault.operation !== undefined && fault.operation !== operation) continue;
      if (fault.matching !== undefined && !target.includes(fault.matching)) continue;
      const left = this.#left[index] ?? 0;
      if (left <= 0) continue;
      this.#left[index] = left - 1;
      if (typeof fault.answer === 'string') return fault.answer;
      const { status, code, message = `${operation} failed because a fault is set on the embedded AWS` } = fault.answer;
      throw new ServiceError(status, code, message);
    }
    return 'answer';
  }
}
