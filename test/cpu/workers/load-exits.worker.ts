import { defineWorker } from 'lambda-parallel';

export default defineWorker((item: number): number => item);

process.exit(4);
