import { isMainThread, workerData } from 'node:worker_threads';
import { THREAD_DATA } from '../protocol.ts';

/** Whether this module was loaded in a thread of ours, to run workers. */
export const isPoolThread: boolean = !isMainThread && workerData?.[THREAD_DATA] !== undefined;
