import { defineWorker } from 'lambda-parallel';
import double from './double.worker.ts';

/** Calls another worker, on the same thread. */
export default defineWorker((item: number): number => double(double(item)) + 1);
