import {
  DeadlineExceededError,
  InvocationEndedError,
  NotCloneableError,
  ParallelError,
  RunStoppedError,
  ServiceCallError,
  TaskAbandonedError,
  TaskTimeoutError,
  WorkerCrashedError,
  WorkerFileError,
  WorkerLoadError,
  WorkerThrewError,
} from 'lambda-parallel';
import { expect, test } from 'vitest';

const cause = new Error('cause');

test.each([
  [new DeadlineExceededError(500), 'DeadlineExceededError', 'ERR_PARALLEL_DEADLINE', '500 ms'],
  [new TaskTimeoutError(7, 100), 'TaskTimeoutError', 'ERR_PARALLEL_TASK_TIMEOUT', 'item 7'],
  [new TaskAbandonedError(7, 250, { cause }), 'TaskAbandonedError', 'ERR_PARALLEL_TASK_ABANDONED', 'item 7'],
  [new RunStoppedError('enough', { cause }), 'RunStoppedError', 'ERR_PARALLEL_RUN_STOPPED', 'enough'],
  [new InvocationEndedError(), 'InvocationEndedError', 'ERR_PARALLEL_INVOCATION_ENDED', 'the invocation has ended'],
  [
    new ServiceCallError('Cannot get it', { cause, serviceCode: 'NoSuchKey', statusCode: 404 }),
    'ServiceCallError',
    'ERR_PARALLEL_SERVICE_CALL',
    'Cannot get it',
  ],
  [new WorkerFileError('Cannot find it'), 'WorkerFileError', 'ERR_PARALLEL_WORKER_FILE', 'Cannot find it'],
  [new WorkerLoadError('Cannot load it', { cause }), 'WorkerLoadError', 'ERR_PARALLEL_WORKER_LOAD', 'Cannot load it'],
  [new WorkerCrashedError('resize.worker.ts', 7, { cause }), 'WorkerCrashedError', 'ERR_PARALLEL_WORKER_CRASHED', 'item 7'],
  [new WorkerThrewError('resize.worker.ts', { cause: 7 }), 'WorkerThrewError', 'ERR_PARALLEL_WORKER_THREW', 'threw 7 (number)'],
  [new NotCloneableError('send it', { cause }), 'NotCloneableError', 'ERR_PARALLEL_NOT_CLONEABLE', 'Cannot send it: cause; pass'],
])('%s is caught as ParallelError and told apart by its code', (error, name, code, message) => {
  expect(error).toBeInstanceOf(ParallelError);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name, code });
  expect(error.message).toContain(message);
  expect(String(error)).toBe(`${name}: ${error.message}`);
  expect(error.stack).toMatch(new RegExp(`^${name}: `));
});

test('errors that have a cause keep it', () => {
  for (const error of [
    new TaskAbandonedError(7, 250, { cause }),
    new RunStoppedError('enough', { cause }),
    new ServiceCallError('Cannot get it', { cause, serviceCode: 'NoSuchKey', statusCode: 404 }),
    new WorkerLoadError('Cannot load it', { cause }),
    new WorkerCrashedError('resize.worker.ts', 7, { cause }),
    new WorkerThrewError('resize.worker.ts', { cause }),
    new NotCloneableError('send it', { cause }),
  ]) {
    expect(error.cause).toBe(cause);
  }
});

test('WorkerCrashedError says what to do about memory', () => {
  const outOfMemory = Object.assign(new Error('out of memory'), { code: 'ERR_WORKER_OUT_OF_MEMORY' });
  expect(new WorkerCrashedError('resize.worker.ts', 7, { cause: outOfMemory }).message).toContain('memory setting');
  expect(new WorkerCrashedError('resize.worker.ts', 7, { cause }).message).toContain('default export');
});

test('the name of an error does not hang on the name of its class, which bundlers change', () => {
  expect(Object.hasOwn(DeadlineExceededError.prototype, 'name')).toBe(true);
  class Renamed extends DeadlineExceededError {}
  expect(new Renamed(500).name).toBe('DeadlineExceededError');
});
