import { strictEqual } from 'node:assert/strict';
import { createParallel, workerRef } from 'lambda-parallel';
import { Piscina } from 'piscina';
import { type Figure, figure } from '../../local/figures/figures.ts';
import type { Progress } from '../../local/figures/progress.ts';

const THREADS = 2;
/** Some 15 ms: what disturbs the machine for longer disturbs both sides. */
const CALLS_PER_BLOCK = 500;
const BLOCKS_PER_ROUND = 12;
const WARM_UP_BLOCKS = 4;
/** Each with threads of its own: which core a thread is woken on, this one or another, stays as it is for long and is worth 40 us. */
const ROUNDS = 10;

/** Calls in flight at once. The first gives the figure its name: one per thread. */
const LOADS = [
  { inFlight: THREADS, name: 'cpu.run' },
  { inFlight: 1, name: 'cpu.run.sequential' },
  { inFlight: 64, name: 'cpu.run.64-in-flight' },
];

type Call = (input: number) => Promise<number>;

interface Cost {
  /** Until the answer, divided by the calls in flight. */
  readonly wallUs: number;
  /** Of all threads together. */
  readonly cpuUs: number;
}

/** Of one block each, in turns. */
interface Pair {
  readonly own: Cost;
  readonly peer: Cost;
}

const echo = workerRef<typeof import('./workers/echo.worker.ts')>(new URL('./workers/echo.worker.ts', import.meta.url));

/** What a call of `cpu.run` costs beside bare `piscina.run`, block by block in turns, on a worker that returns its input. */
export async function runOverheadFigures(progress: Progress): Promise<Figure[]> {
  const loads = LOADS.map((load) => ({ ...load, pairs: [] as Pair[] }));
  let doneCount = 0;
  const measureAll = async (): Promise<void> => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await using callers = startCallers();
      for (const { inFlight, pairs } of loads) {
        for (let block = -WARM_UP_BLOCKS; block < BLOCKS_PER_ROUND; block += 1) {
          const pair = await measurePair(callers, inFlight, block % 2 === 0);
          if (block >= 0) pairs.push(pair);
        }
        doneCount += 1;
      }
    }
  };
  await progress.during('cpu.run', ROUNDS * LOADS.length, () => doneCount, measureAll);
  return loads.flatMap(({ name, pairs }) => [
    figure(
      `${name}.overhead-vs-piscina`,
      'x',
      pairs.map(({ own, peer }) => own.wallUs / peer.wallUs),
    ),
    figure(
      `${name}.cpu-vs-piscina`,
      'x',
      pairs.map(({ own, peer }) => own.cpuUs / peer.cpuUs),
    ),
    figure(
      `${name}.per-call-us`,
      'us',
      pairs.map(({ own }) => own.wallUs),
    ),
    figure(
      `${name.replace('cpu.run', 'piscina.run')}.per-call-us`,
      'us',
      pairs.map(({ peer }) => peer.wallUs),
    ),
  ]);
}

interface Callers extends AsyncDisposable {
  readonly own: Call;
  readonly peer: Call;
}

function startCallers(): Callers {
  // With a deadline, as on Lambda.
  const remainingTime = { getRemainingTimeInMillis: () => 15 * 60_000 };
  const runtime = createParallel({ workers: [echo], maxThreads: THREADS }, remainingTime);
  const filename = new URL('./workers/echo.piscina.ts', import.meta.url).href;
  const piscina = new Piscina({ filename, minThreads: THREADS, maxThreads: THREADS });
  return {
    own: (input) => runtime.cpu.run(echo, input),
    peer: (input) => piscina.run(input),
    async [Symbol.asyncDispose]() {
      await runtime[Symbol.asyncDispose]();
      await piscina.destroy();
    },
  };
}

async function measurePair({ own, peer }: Callers, inFlight: number, isOwnFirst: boolean): Promise<Pair> {
  if (isOwnFirst) {
    const ownCost = await costOf(own, inFlight);
    return { own: ownCost, peer: await costOf(peer, inFlight) };
  }
  const peerCost = await costOf(peer, inFlight);
  return { own: await costOf(own, inFlight), peer: peerCost };
}

async function costOf(call: Call, inFlight: number): Promise<Cost> {
  let startedCount = 0;
  const lane = async (): Promise<void> => {
    while (startedCount < CALLS_PER_BLOCK) {
      const input = startedCount;
      startedCount += 1;
      strictEqual(await call(input), input);
    }
  };
  const startedAtMs = performance.now();
  const cpuBefore = process.cpuUsage();
  await Promise.all(Array.from({ length: inFlight }, lane));
  const wallMs = performance.now() - startedAtMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { wallUs: (wallMs * 1000) / CALLS_PER_BLOCK, cpuUs: (user + system) / CALLS_PER_BLOCK };
}
