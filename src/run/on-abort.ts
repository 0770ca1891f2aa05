import { DeadlineExceededError } from '../errors.ts';
import type { SkipReason } from '../result/outcome.ts';

const nothing = (): void => undefined;

/** Calls `stop` when the caller's signal aborts, at once where it has. Returns what stops listening. */
export function onAbort(signal: AbortSignal | undefined, stop: (reason: SkipReason, cause: unknown) => void): () => void {
  if (signal === undefined) return nothing;
  const listener = (): void => {
    const cause: unknown = signal.reason;
    // Inside the task of another run, whose signal is told of the deadline first.
    stop(cause instanceof DeadlineExceededError ? 'deadline' : 'aborted', cause);
  };
  if (signal.aborted) {
    listener();
    return nothing;
  }
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}
