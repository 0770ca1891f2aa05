import { inspect } from 'node:util';
import { defineWorker } from 'lambda-parallel';

/** Tells what came in, so that only text goes back. */
export default defineWorker((input: unknown): string => inspect(input, { depth: 8, maxArrayLength: 20, breakLength: Infinity }));
