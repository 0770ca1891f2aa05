import { threadId } from 'node:worker_threads';

let running = 0;
let most = 0;

/** Answers with `event.url`'s answer, and how many invocations ran in this thread at once. */
export const handler = async (event, context) => {
  running++;
  most = Math.max(most, running);
  console.log(`in ${event.name}`);
  const text = await (await fetch(`${event.url}?name=${event.name}`)).text();
  console.log(`out ${event.name}`);
  running--;
  return { text, most, threadId, requestId: context.awsRequestId, traceId: context.xRayTraceId };
};
