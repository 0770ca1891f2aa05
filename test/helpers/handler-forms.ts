import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { type ParallelContext, type ParallelOptions, parallel, withParallel } from 'lambda-parallel';
import { invoke } from './invoke.ts';

type HandlerForm = <Result>(
  options: ParallelOptions,
  handler: (event: unknown, context: Context & ParallelContext) => Promise<Result>,
) => (event: unknown, context: Context) => Promise<Result>;

/** The same handler, with Middy and without. */
export const handlerForms: [string, HandlerForm][] = [
  [
    'parallel()',
    (options, handler) => {
      const middyfied = middy().use(parallel(options)).handler(handler);
      return (event, context) => invoke(middyfied, { event, context });
    },
  ],
  ['withParallel()', (options, handler) => withParallel(options, handler)],
];
