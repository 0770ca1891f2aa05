interface Recorded<Entry> {
  readonly items: Iterable<Entry> | AsyncIterable<Entry>;
  /** Those given so far, in order. */
  readonly entries: readonly Entry[];
}

/**
 * Remembers what an iterator gives: its keys are nowhere else. What has a length is copied and keeps it, so that all of it has
 * outcomes, whatever becomes of the original meanwhile.
 */
export function recorded<Entry>(items: Iterable<Entry> | AsyncIterable<Entry>): Recorded<Entry> {
  if (Array.isArray(items) || items instanceof Set) {
    const entries: Entry[] = [...items];
    return { items: entries, entries };
  }
  const entries: Entry[] = [];
  if (Symbol.asyncIterator in Object(items)) {
    return { items: { [Symbol.asyncIterator]: () => recordedAsync(items as AsyncIterable<Entry>, entries) }, entries };
  }
  if (Symbol.iterator in Object(items)) {
    return { items: { [Symbol.iterator]: () => recordedSync(items as Iterable<Entry>, entries) }, entries };
  }
  // Nothing to iterate, which the engine says better.
  return { items, entries };
}

function recordedSync<Entry>(items: Iterable<Entry>, into: Entry[]): Iterator<Entry> {
  const iterator = items[Symbol.iterator]();
  return {
    next() {
      const result = iterator.next();
      if (!result.done) into.push(result.value);
      return result;
    },
    return: () => iterator.return?.() ?? { done: true, value: undefined },
  };
}

/** No generator: one that waits for `next` passes no `return` on, which is what ends an iterator of events. */
function recordedAsync<Entry>(items: AsyncIterable<Entry>, into: Entry[]): AsyncIterator<Entry> {
  const iterator = items[Symbol.asyncIterator]();
  let pulledCount = 0;
  return {
    async next() {
      const index = pulledCount++;
      const result = await iterator.next();
      if (!result.done) into[index] = result.value;
      return result;
    },
    return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
  };
}
