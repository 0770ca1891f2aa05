import { basename } from 'node:path';
import { WorkerLoadError } from '../errors.ts';

/** Piscina's words for a file that exports no function. */
const NO_HANDLER = 'No handler function exported from';

/** @param cause - What loading threw; `undefined` where the file was run and answered as no worker does. */
export function workerLoadError(file: string, cause: unknown): WorkerLoadError {
  const { message = String(cause) } = (cause ?? {}) as Partial<Error>;
  if (cause === undefined || message.startsWith(NO_HANDLER)) {
    return new WorkerLoadError(
      `Cannot run ${basename(file)}: its default export is not defineWorker(…) of this version of lambda-parallel; write export default defineWorker((input) => output)`,
      { cause },
    );
  }
  return new WorkerLoadError(
    `Cannot load ${basename(file)} in a thread: ${message}; call its default export directly to debug it`,
    {
      cause,
    },
  );
}
