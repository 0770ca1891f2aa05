/** `bare-middy` with the middleware, and no worker. */
import middy from '@middy/core';
import { parallel } from 'lambda-parallel';

export const handler = middy()
  .use(parallel())
  .handler(async (event: unknown) => event);
