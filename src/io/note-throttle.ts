import type { Io, IoEngine } from './io.ts';

/** For helpers: a service refused a call because of the rate, and it is sent again. */
export function noteThrottle(io: Io): void {
  // One that was wrapped may not have it.
  (io as Partial<IoEngine>).throttled?.();
}
