import { threadId } from 'node:worker_threads';
import { defineWorker } from 'lambda-parallel';
import { passThreadGate } from '../../helpers/thread-gate.ts';

/** How a step ends. Without one it returns. */
export type Ending =
  | 'throw'
  | 'later'
  | 'exit'
  | 'exit 0'
  | 'uncaught'
  | 'unhandled'
  | 'hang'
  | 'never'
  | 'throw in a microtask'
  | 'throw in a tick'
  | 'reject unnoticed';

export interface Step {
  readonly id: number;
  /** Where it waits before it ends. */
  readonly gate?: SharedArrayBuffer | undefined;
  /** How often each step was begun, by id. */
  readonly begun?: SharedArrayBuffer | undefined;
  /** What it computes for before it ends, in ms. */
  readonly busyMs?: number | undefined;
  readonly ending?: Ending | undefined;
  /** To be moved with it. */
  readonly bytes?: Uint8Array | undefined;
}

export interface Stepped {
  readonly id: number;
  readonly threadId: number;
  /** Which chunk of its thread it was part of: a chunk of steps that wait for nothing is run in one go. */
  readonly chunk: number;
}

let chunk = 0;
let isInChunk = false;

/** Notes what it does where the test can see it, waits where it is told to, and ends as it is told to. */
export default defineWorker(({ id, gate, begun, busyMs = 0, ending }: Step): Stepped | Promise<Stepped> => {
  if (!isInChunk) {
    isInChunk = true;
    chunk += 1;
    queueMicrotask(() => {
      isInChunk = false;
    });
  }
  const stepped: Stepped = { id, threadId, chunk };
  if (begun !== undefined) Atomics.add(new Int32Array(begun), id, 1);
  if (gate !== undefined) passThreadGate(gate);
  for (const untilMs = performance.now() + busyMs; performance.now() < untilMs; );
  return ended(stepped, ending);
});

function ended(stepped: Stepped, ending: Ending | undefined): Stepped | Promise<Stepped> {
  const nobodyCatchesThis = (): never => {
    throw new Error(`nobody catches this of step ${stepped.id}`);
  };
  const never = new Promise<never>(() => undefined);
  switch (ending) {
    case 'throw':
      throw new RangeError(`step ${stepped.id} failed`);
    case 'later':
      return new Promise((resolve) => setImmediate(resolve, stepped));
    case 'exit':
      return process.exit(3);
    case 'exit 0':
      return process.exit(0);
    case 'uncaught':
      setImmediate(nobodyCatchesThis);
      return never;
    case 'unhandled':
      void Promise.reject(new Error(`nobody handles this of step ${stepped.id}`));
      return never;
    case 'hang':
      for (;;);
    case 'never':
      return never;
    // These return, and leave something behind.
    case 'throw in a microtask':
      queueMicrotask(nobodyCatchesThis);
      return stepped;
    case 'throw in a tick':
      process.nextTick(nobodyCatchesThis);
      return stepped;
    case 'reject unnoticed':
      void Promise.reject(new Error(`nobody handles this of step ${stepped.id}`));
      return stepped;
    default:
      return stepped;
  }
}
