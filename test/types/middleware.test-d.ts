import middy from '@middy/core';
import type { Context, Handler } from 'aws-lambda';
import { type ParallelRuntime, parallel, withParallel } from 'lambda-parallel';
import { expectTypeOf, test } from 'vitest';

interface KeysEvent {
  readonly keys: string[];
}

test('parallel() gives the handler of Middy a typed context.parallel, beside all that Lambda gives', () => {
  middy()
    .use(parallel())
    .handler(async (_event, context) => {
      expectTypeOf(context.parallel).toEqualTypeOf<ParallelRuntime>();
      expectTypeOf(context.awsRequestId).toBeString();
      // @ts-expect-error -- nothing of that name
      void context.parallell;
    });
});

test('parallel() leaves the event type as Middy has it', () => {
  middy<KeysEvent>()
    .use(parallel())
    .handler(async (event, context) => {
      expectTypeOf(event).toEqualTypeOf<KeysEvent>();
      const sizes = await context.parallel.io.map(event.keys, (key) => key.length);
      expectTypeOf(sizes).toEqualTypeOf<number[]>();
      return sizes;
    });
});

test('the handler has no context.parallel without parallel()', () => {
  middy().handler(async (_event, context) => {
    // @ts-expect-error -- not used
    void context.parallel;
  });
});

test('parallel() keeps the runtime for middlewares that are used with it', () => {
  middy()
    .use(parallel())
    .before(({ internal, context }) => {
      expectTypeOf(internal.parallel).toEqualTypeOf<ParallelRuntime | undefined>();
      expectTypeOf(context.parallel).toEqualTypeOf<ParallelRuntime>();
    });
});

test('withParallel() makes a handler for Lambda of one that takes its runtime from the context', () => {
  const handler = withParallel({ concurrency: 8 }, async (event: KeysEvent, context) => {
    expectTypeOf(context.parallel).toEqualTypeOf<ParallelRuntime>();
    expectTypeOf(context.awsRequestId).toBeString();
    return event.keys.length;
  });
  expectTypeOf(handler).returns.resolves.toBeNumber();
  expectTypeOf(handler).parameter(0).toEqualTypeOf<KeysEvent>();
  const forLambda: Handler<KeysEvent, number> = handler;
  void forLambda;
});

test('withParallel() takes the context type of the handler', () => {
  withParallel({}, async (_event: KeysEvent, context: Context & { readonly parallel: ParallelRuntime }) => {
    expectTypeOf(context.logGroupName).toBeString();
  });
});

test('what is not an option does not compile', () => {
  // @ts-expect-error -- misspelt
  parallel({ concurency: 8 });
  // @ts-expect-error -- a number
  parallel({ memoryMb: '1769' });
  // @ts-expect-error -- no handler
  withParallel({});
});
