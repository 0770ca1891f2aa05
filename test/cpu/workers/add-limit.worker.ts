import { defineWorker } from 'lambda-parallel';
import { LIMIT } from './limit.handler.ts';

/** A file that brings its own handler along. */
export default defineWorker((item: number): number => item + LIMIT);
