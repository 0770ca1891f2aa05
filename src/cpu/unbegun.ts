import { basename } from 'node:path';
import { WorkerCrashedError } from '../errors.ts';
import { workerLoadError } from './load-error.ts';
import type { ThreadScheduler } from './thread-scheduler.ts';

/** Threads in a row that may end before they begin anything, until it is the worker file that is to blame. */
const MAX_UNBEGUN = 3;
/** The same of a file that has been loaded before: it is what other items have left behind. */
const MAX_UNBEGUN_LOADED = 100;

export function maxUnbegun(scheduler: ThreadScheduler, file: string): number {
  return scheduler.hasLoaded(file) ? MAX_UNBEGUN_LOADED : MAX_UNBEGUN;
}

/** Why an item was given up whose threads ended again and again before they began it. */
export function unbegunReason(scheduler: ThreadScheduler, file: string, index: number, cause: unknown): Error {
  return scheduler.hasLoaded(file) ? new WorkerCrashedError(basename(file), index, { cause }) : workerLoadError(file, cause);
}
