import { shown } from '../validation.ts';
import type { AnyWorkerRef } from './worker-ref.ts';

/** For what a call was given to run that is no worker, or none that was declared. */
export function undeclaredWorker(call: string, worker: unknown): TypeError {
  const { url } = (worker ?? {}) as Partial<AnyWorkerRef>;
  if (!(url instanceof URL)) return new TypeError(`Cannot run ${call} as its worker must be a workerRef(…): ${shown(worker)}`);
  return new TypeError(
    `Cannot run ${call} as its worker must be declared: ${url.pathname.split('/').at(-1)}; add it to the options, parallel({ workers: [...] })`,
  );
}
