/** What `with-parallel` is compared with. */
import middy from '@middy/core';

export const handler = middy().handler(async (event: unknown) => event);
