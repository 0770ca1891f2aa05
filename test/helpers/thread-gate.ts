const ARRIVED = 0;
const OPEN = 1;

// Taken before a test fakes the timers.
const realSetTimeout = setTimeout;

/** A door that a worker waits at, its whole thread with it, until the test opens it. */
export interface ThreadGate {
  /** For the worker, in its input: shared with it, not copied. */
  readonly memory: SharedArrayBuffer;
  /** How often a worker has come to it. */
  readonly arrivedCount: number;
  /** Resolves when a worker has come to it. */
  arrived(): Promise<void>;
  /** Lets through who waits and who comes later. */
  open(): void;
}

function threadGate(): ThreadGate {
  const memory = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  const state = new Int32Array(memory);
  const gate: ThreadGate = {
    memory,
    get arrivedCount() {
      return Atomics.load(state, ARRIVED);
    },
    arrived: () => until(() => gate.arrivedCount > 0),
    open() {
      Atomics.store(state, OPEN, 1);
      Atomics.notify(state, OPEN);
    },
  };
  return gate;
}

export function threadGates(count: number): ThreadGate[] {
  return Array.from({ length: count }, threadGate);
}

/** Resolves when workers have come to `count` of the gates, with which of them. */
export async function arrivedAt(gates: readonly ThreadGate[], count: number): Promise<number[]> {
  let arrived: number[] = [];
  await until(() => {
    arrived = gates.flatMap(({ arrivedCount }, index) => (arrivedCount > 0 ? [index] : []));
    return arrived.length >= count;
  });
  return arrived;
}

/** `Atomics.waitAsync` would do, but under Node 24.21 one in some thousand never hears that it is notified. */
async function until(hasHappened: () => boolean): Promise<void> {
  while (!hasHappened()) await new Promise((resolve) => realSetTimeout(resolve, 1));
}

/** For the worker. */
export function passThreadGate(memory: SharedArrayBuffer): void {
  const state = new Int32Array(memory);
  Atomics.add(state, ARRIVED, 1);
  Atomics.notify(state, ARRIVED);
  Atomics.wait(state, OPEN, 0);
}
