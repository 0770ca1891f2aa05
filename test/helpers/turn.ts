// Taken before a test fakes the timers.
const realSetImmediate = setImmediate;

/** Lets everything run that waits for nothing but its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => realSetImmediate(resolve));
}
