import { threadId } from 'node:worker_threads';
import { defineWorker } from 'lambda-parallel';

console.log(`loaded in thread ${threadId}`);

export default defineWorker<unknown, number>(() => threadId);
