import { defineWorker } from 'lambda-parallel';

export default defineWorker((item: number): number => item);

for (;;);
