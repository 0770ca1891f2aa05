import { appendFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import { defineWorker } from 'lambda-parallel';

// Seen from outside, before anything is run.
const file = process.env['LOADED_WORKERS'];
if (file !== undefined) appendFileSync(file, `${threadId}\n`);

export default defineWorker<unknown, number>(() => threadId);
