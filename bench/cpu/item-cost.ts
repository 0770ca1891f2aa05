import { ok } from 'node:assert/strict';
import { spin } from './spin.ts';

const BATCH_MS = 5;
const BATCHES = 15;
const WARM_UP_ITERATIONS = 20_000_000;
/** About a microsecond, so that the call of the function is in it as it is in an item. */
const PROBE_ITERATIONS = 1000;

/** How many iterations of {@link spin} a microsecond of this machine has, found in a warm loop on the calling thread. */
export function calibratedIterations(): number {
  spin(WARM_UP_ITERATIONS);
  // The fastest batch: the others shared the core with somebody.
  return PROBE_ITERATIONS / Math.min(...itemMicros(PROBE_ITERATIONS, 1));
}

/**
 * What an item of so many iterations costs, one value per batch.
 *
 * @param expectedMicros - Sizes the batches.
 */
export function itemMicros(iterations: number, expectedMicros: number): number[] {
  const batchSize = Math.max(1, Math.round((BATCH_MS * 1000) / expectedMicros));
  const micros: number[] = [];
  let total = 0;
  for (let batch = -1; batch < BATCHES; batch += 1) {
    const startedAtMs = performance.now();
    for (let item = 0; item < batchSize; item += 1) total += spin(iterations - 4 + (item & 7));
    if (batch >= 0) micros.push(((performance.now() - startedAtMs) * 1000) / batchSize);
  }
  // Used, so that the compiler does not drop what is measured.
  ok(Number.isSafeInteger(total));
  return micros;
}

/** Items of one cost. They differ a little, so that results in the wrong order are noticed. */
export function itemsOf(count: number, iterations: number): number[] {
  const fewest = Math.max(0, iterations - 4);
  return Array.from({ length: count }, (_, index) => fewest + (index % 8));
}
