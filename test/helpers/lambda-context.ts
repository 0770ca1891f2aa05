import type { Context } from 'aws-lambda';
import { countdown } from './countdown.ts';

/** The context of an invocation that has `remainingMs` left. */
export function lambdaContext(remainingMs = 30_000): Context {
  return {
    ...countdown(remainingMs),
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'orders',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:orders',
    memoryLimitInMB: '1769',
    awsRequestId: '6bc28136-xmpl-4365-b021-0ce6b2e64ab0',
    logGroupName: '/aws/lambda/orders',
    logStreamName: '2026/01/01/[$LATEST]1',
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
