import { basename } from 'node:path';
import { WorkerLoadError } from '../errors.ts';
import { shown } from '../validation.ts';

/** Piscina's words for a file that exports no function. */
const NO_HANDLER = 'No handler function exported from';

/** @param cause - What loading threw; `undefined` where the file was run and answered as no worker does. */
export function workerLoadError(file: string, cause: unknown): WorkerLoadError {
  const message = cause instanceof Error ? String(cause.message) : typeof cause === 'string' ? cause : shown(cause);
  if (cause === undefined || message.startsWith(NO_HANDLER)) {
    return new WorkerLoadError(
      `Cannot run ${basename(file)}: its default export is not defineWorker(…) of this version of lambda-parallel; write export default defineWorker((input) => output)`,
      { cause },
    );
  }
  return new WorkerLoadError(
    `Cannot load ${basename(file)} in a thread: ${message}; make sure that its default export is defineWorker(…), and import it on the main thread to debug it`,
    {
      cause,
    },
  );
}
