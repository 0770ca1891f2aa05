import type { CpuEngine } from './cpu.ts';
import { CpuLedger } from './cpu-ledger.ts';
import { undeclaredWorker } from './undeclared-worker.ts';

/** The engine where no worker is declared: there is nothing that it could run. */
export function createNoCpu(): CpuEngine {
  const refuse =
    (call: string) =>
    async (_items: unknown, worker: unknown): Promise<never> => {
      throw undeclaredWorker(call, worker);
    };
  return {
    statistics: new CpuLedger(0),
    async run(worker) {
      throw undeclaredWorker('cpu.run', worker);
    },
    map: refuse('cpu.map'),
    mapSettled: refuse('cpu.mapSettled'),
    stream(_items, worker) {
      throw undeclaredWorker('cpu.stream', worker);
    },
    stop: () => undefined,
    close: async () => undefined,
  };
}
