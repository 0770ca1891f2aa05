const ARRIVED = 0;
const OPEN = 1;

/** A door that a worker waits at, its whole thread with it, until the test opens it. */
export interface ThreadGate {
  /** For the worker, in its input: shared with it, not copied. */
  readonly memory: SharedArrayBuffer;
  /** How often a worker has come to it. */
  readonly arrivedCount: number;
  /** Resolves when a worker has come to it, for the `count`th time. */
  arrived(count?: number): Promise<void>;
  /** Lets through who waits and who comes later. */
  open(): void;
}

function threadGate(): ThreadGate {
  const memory = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  const state = new Int32Array(memory);
  return {
    memory,
    get arrivedCount() {
      return Atomics.load(state, ARRIVED);
    },
    async arrived(count = 1) {
      for (let seen = Atomics.load(state, ARRIVED); seen < count; seen = Atomics.load(state, ARRIVED)) {
        const { async, value } = Atomics.waitAsync(state, ARRIVED, seen);
        if (async) await value;
      }
    },
    open() {
      Atomics.store(state, OPEN, 1);
      Atomics.notify(state, OPEN);
    },
  };
}

export function threadGates(count: number): ThreadGate[] {
  return Array.from({ length: count }, threadGate);
}

/** For the worker. */
export function passThreadGate(memory: SharedArrayBuffer): void {
  const state = new Int32Array(memory);
  Atomics.add(state, ARRIVED, 1);
  Atomics.notify(state, ARRIVED);
  Atomics.wait(state, OPEN, 0);
}

/** Resolves when workers have come to `count` of the gates, with which of them. */
export async function arrivedAt(gates: readonly ThreadGate[], count: number): Promise<number[]> {
  for (;;) {
    const arrived = gates.flatMap(({ arrivedCount }, index) => (arrivedCount > 0 ? [index] : []));
    if (arrived.length >= count) return arrived;
    await Promise.race(gates.filter(({ arrivedCount }) => arrivedCount === 0).map((gate) => gate.arrived()));
  }
}
