import { threadId } from 'node:worker_threads';
import { defineWorker } from 'lambda-parallel';

/** Tells on which thread it runs: another one has taken its place if the number changes. */
export default defineWorker<unknown, number>(() => threadId);
