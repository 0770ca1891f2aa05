import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createParallel, workerRef } from 'lambda-parallel';
import { Piscina } from 'piscina';
import { FixedThreadPool } from 'poolifier';
import { Tinypool } from 'tinypool';
import { pool as createWorkerpool } from 'workerpool';
import { spin } from './spin.ts';

type SpinAll = (items: readonly number[]) => Promise<readonly number[]>;

/** All contestants, each with a pool of its own, started and idle: nobody pays for threads within a run. */
export interface SpinPools extends AsyncDisposable {
  /** `cpu.map`, which finds its chunks itself. */
  readonly own: SpinAll;
  /** A plain loop on the calling thread. */
  readonly mainThread: SpinAll;
  /** Each item a task of its own, all of them at once, as the readme of each shows it. */
  readonly perItem: Readonly<Record<'piscina-run' | 'tinypool' | 'workerpool' | 'poolifier', SpinAll>>;
  /** Piscina with chunks cut by hand. */
  chunked(size: number): SpinAll;
}

const spinWorker = workerRef<typeof import('./workers/spin.worker.ts')>(new URL('./workers/spin.worker.ts', import.meta.url));

export function startSpinPools(threadCount: number): SpinPools {
  const opened = new AsyncDisposableStack();
  const threads = { minThreads: threadCount, maxThreads: threadCount };
  const runtime = opened.use(createParallel({ workers: [spinWorker], maxThreads: threadCount }));
  const piscinaFile = new URL('./workers/spin.piscina.ts', import.meta.url).href;
  const piscina = opened.adopt(new Piscina({ filename: piscinaFile, ...threads }), (pool) => pool.destroy());
  const tinypool = opened.adopt(new Tinypool({ filename: piscinaFile, ...threads }), (pool) => pool.destroy());
  const workerpool = opened.adopt(
    createWorkerpool(fileURLToPath(new URL('./workers/spin.workerpool.ts', import.meta.url)), {
      minWorkers: threadCount,
      maxWorkers: threadCount,
      workerType: 'thread',
    }),
    (pool) => pool.terminate(),
  );
  const poolifier = opened.adopt(
    new FixedThreadPool<number, number>(threadCount, fileURLToPath(new URL('./workers/spin.poolifier.ts', import.meta.url))),
    async (pool) => {
      // poolifier 5.3.2 now and then waits for ever for the end of a thread that ended before it listened.
      const ended = pool.workerNodes.map(({ worker }) => once(worker, 'exit'));
      await Promise.race([pool.destroy(), Promise.all(ended)]);
    },
  );
  const atOnce =
    (run: (item: number) => PromiseLike<number>): SpinAll =>
    (items) =>
      Promise.all(items.map(run));
  return {
    own: (items) => runtime.cpu.map(items, spinWorker),
    mainThread: async (items) => items.map(spin),
    perItem: {
      'piscina-run': atOnce((item) => piscina.run(item)),
      tinypool: atOnce((item) => tinypool.run(item)),
      workerpool: atOnce((item) => workerpool.exec('spin', [item])),
      poolifier: atOnce((item) => poolifier.execute(item)),
    },
    chunked: (size) => async (items) => {
      const chunks: Promise<number[]>[] = [];
      for (let start = 0; start < items.length; start += size) {
        chunks.push(piscina.run(items.slice(start, start + size), { name: 'chunk' }));
      }
      return (await Promise.all(chunks)).flat();
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
