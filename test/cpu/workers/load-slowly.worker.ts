import { defineWorker } from 'lambda-parallel';

const untilMs = performance.now() + 400;
while (performance.now() < untilMs);

export default defineWorker((item: number): number => item);
