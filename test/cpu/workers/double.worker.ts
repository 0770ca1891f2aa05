import { defineWorker } from 'lambda-parallel';

/** The simplest there is. */
export default defineWorker((item: number): number => item * 2);
