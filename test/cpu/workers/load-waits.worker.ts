import { defineWorker } from 'lambda-parallel';

export default defineWorker((item: number): number => item);

// A top-level await that nothing ever ends.
await new Promise(() => undefined);
