import { setTimeout as delay } from 'node:timers/promises';
import { ServiceError } from './service.ts';

/** What one service imitates beside its data: time, limits and bad days. Everything is off by default. */
export interface ServiceSettings {
  /** Added to every call before it is answered, in ms. @defaultValue 0 */
  readonly latencyMs?: number;
  /** Answers with errors instead of results, first match wins. @defaultValue none */
  readonly faults?: readonly Fault[];
}

export interface Fault {
  /** Operation in AWS's words, as `GetObject`. @defaultValue every operation */
  readonly operation?: string;
  /** Only calls whose path and query hold this text, as an object key. */
  readonly matching?: string;
  /** How many calls fail before the fault is used up. @defaultValue Infinity (absent) */
  readonly times?: number;
  /** An error of the service, or what a network does: `reset` closes the socket unanswered, `hang` never answers. */
  readonly answer: { readonly status: number; readonly code: string; readonly message?: string } | 'reset' | 'hang';
}

/** Holds the settings of one service and applies them to each call. */
export class ServiceBehaviour {
  #settings: ServiceSettings = {};
  #left: number[] = [];

  set(settings: ServiceSettings): void {
    this.#settings = settings;
    this.#left = (settings.faults ?? []).map((fault) => fault.times ?? Number.POSITIVE_INFINITY);
  }

  /** @throws {ServiceError} The fault that is set for this call. */
  async apply(operation: string, target: string): Promise<'answer' | 'reset' | 'hang'> {
    const { latencyMs = 0, faults = [] } = this.#settings;
    if (latencyMs > 0) await delay(latencyMs);
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
