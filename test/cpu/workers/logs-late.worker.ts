import { defineWorker } from 'lambda-parallel';

/** Logs when it has returned. */
export default defineWorker((text: string): string => {
  queueMicrotask(() => console.log(`late ${text}`));
  return text;
});
