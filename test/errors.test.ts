import {
  DeadlineExceededError,
  InvocationEndedError,
  ParallelError,
  RunStoppedError,
  ServiceCallError,
  TaskAbandonedError,
  TaskTimeoutError,
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
])('%s is caught as ParallelError and told apart by its code', (error, name, code, message) => {
  expect(error).toBeInstanceOf(ParallelError);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name, code });
  expect(error.message).toContain(message);
  expect(String(error)).toBe(`${name}: ${error.message}`);
  expect(error.stack).toMatch(new RegExp(`^${name}: `));
});

test('TaskAbandonedError, RunStoppedError and ServiceCallError keep their cause', () => {
  for (const error of [
    new TaskAbandonedError(7, 250, { cause }),
    new RunStoppedError('enough', { cause }),
    new ServiceCallError('Cannot get it', { cause, serviceCode: 'NoSuchKey', statusCode: 404 }),
  ]) {
    expect(error.cause).toBe(cause);
  }
});

test('the name of an error does not hang on the name of its class, which bundlers change', () => {
  expect(Object.hasOwn(DeadlineExceededError.prototype, 'name')).toBe(true);
  class Renamed extends DeadlineExceededError {}
  expect(new Renamed(500).name).toBe('DeadlineExceededError');
});
