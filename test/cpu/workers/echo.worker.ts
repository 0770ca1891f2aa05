import { defineWorker } from 'lambda-parallel';

/** Returns its input: what comes back has crossed the thread boundary twice. */
export default defineWorker((input: unknown): unknown => input);
