import { defineWorker } from 'lambda-parallel';

export default defineWorker((item: number): number => item);

throw new RangeError('no such table', { cause: 'the file system' });
