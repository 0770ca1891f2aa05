import { defineWorker } from 'lambda-parallel';

export default defineWorker((input: number): number => input);
