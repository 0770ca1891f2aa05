import type { RemainingTime } from 'lambda-parallel';

/** Counts down from `ms`, on the clock that the test may have faked. */
export function countdown(ms: number): RemainingTime {
  const endsAtMs = Date.now() + ms;
  return { getRemainingTimeInMillis: () => endsAtMs - Date.now() };
}
