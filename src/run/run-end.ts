import type { Deadline } from '../deadline/deadline.ts';
import { DeadlineExceededError } from '../errors.ts';
import type { SkipReason } from '../result/outcome.ts';
import { onAbort } from './on-abort.ts';

export interface RunEndParts {
  readonly deadline: Deadline;
  /** The caller's own. */
  readonly signal: AbortSignal | undefined;
  /** Whether tasks that were told to stop are waited for, as long as the deadline's grace allows. */
  readonly hasGrace: boolean;
  /** Called once, when nothing more is to start. */
  readonly onStop: (cause: unknown) => void;
}

/** How one run comes to an end before its input does: at the deadline, by its caller's signal, or by what its tasks came to. */
export class RunEnd {
  stopReason: SkipReason | undefined;
  /** Why the run was stopped: an error to throw, or the caller's own abort reason. */
  stopCause: unknown;
  /** What tasks were given to stop, in ms. */
  graceMs = 0;
  /** Resolves when the run was stopped and its grace is over: what has not settled by then is no longer waited for. */
  readonly over: Promise<void>;
  readonly #parts: RunEndParts;
  readonly #unlisten: () => void;
  readonly #endGrace: () => void;
  #graceTimer: NodeJS.Timeout | undefined;

  constructor(parts: RunEndParts) {
    this.#parts = parts;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.over = promise;
    this.#endGrace = resolve;
    this.#unlisten = onAbort(parts.signal, (reason, cause) => this.stop(reason, cause));
  }

  /** Whether nothing is to start any more. Timers are late where something computes on this thread; the clock is not. */
  get isStopped(): boolean {
    const { deadline } = this.#parts;
    if (this.stopReason === undefined && deadline.hasExpired) this.stop('deadline', new DeadlineExceededError(deadline.marginMs));
    return this.stopReason !== undefined;
  }

  /** Starts nothing more and tells what is in flight. The first reason stands. */
  stop(reason: SkipReason, cause: unknown): void {
    if (this.stopReason !== undefined) return;
    this.stopReason = reason;
    this.stopCause = cause;
    this.#unlisten?.();
    this.#parts.onStop(cause);
    if (this.#parts.hasGrace) {
      this.graceMs = this.#parts.deadline.graceMs;
      this.#graceTimer = setTimeout(this.#endGrace, this.graceMs);
    } else this.#endGrace();
  }

  /** To be called when the run is over, whichever way: leaves no timer and no listener behind. */
  finish(): void {
    this.#unlisten();
    clearTimeout(this.#graceTimer);
    this.#endGrace();
  }
}
