import { threadId } from 'node:worker_threads';
import { defineWorker } from 'lambda-parallel';

let callCount = 0;

/** Counts its calls in module scope, which is the thread's own. */
export default defineWorker<unknown, { thread: number; callCount: number }>(() => {
  callCount += 1;
  return { thread: threadId, callCount };
});
