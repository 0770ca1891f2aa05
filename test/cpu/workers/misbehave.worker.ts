import { defineWorker } from 'lambda-parallel';

class OutOfPaperError extends Error {
  readonly code = 'E_PAPER';
  readonly sheets = 0;
}

export type Misbehaviour =
  | 'none'
  | 'throw'
  | 'throw-string'
  | 'throw-nested'
  | 'exit'
  | 'uncaught'
  | 'out-of-memory'
  | 'hang'
  | 'function'
  | 'reject';

/** Does what it is told, most of it badly. */
export default defineWorker(async (how: Misbehaviour): Promise<unknown> => {
  switch (how) {
    case 'throw':
      throw new OutOfPaperError('no paper', { cause: new RangeError('tray 2') });
    case 'throw-string':
      throw 'a string';
    case 'throw-nested':
      throw new AggregateError([new TypeError('one'), 'two'], 'both');
    case 'exit':
      process.exit(3);
      break;
    case 'uncaught':
      setTimeout(() => {
        throw new Error('nobody catches this');
      });
      return await new Promise(() => undefined);
    case 'out-of-memory': {
      // In small pieces: one allocation beyond the limit aborts the whole process (nodejs/node#47224).
      let kept: object | undefined;
      for (;;) kept = { kept, numbers: new Array(100).fill(Math.random()) };
    }
    case 'hang':
      for (;;);
    case 'function':
      return () => 1;
    case 'reject':
      return Promise.reject(new Error('rejected'));
    default:
      return 'fine';
  }
});
