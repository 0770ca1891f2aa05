import { availableParallelism } from 'node:os';
import { SeededRandom } from '../../local/ec2/random.ts';
import { type Figure, figure } from '../../local/figures/figures.ts';
import type { Progress } from '../../local/figures/progress.ts';
import { type Contestant, type ContestResult, contest } from './contest.ts';
import { calibratedIterations, itemMicros, itemsOf } from './item-cost.ts';
import { type SpinPools, startSpinPools } from './spin-pools.ts';

const THREADS = 2;
const RUNS = 5;
/** Who sends a message per item, or per few, gets so many of them in a run: half a second, and the rate is what counts. */
const MOST_MESSAGES = 15_000;
const CHUNK_SIZES = [1, 10, 100, 1000, 10_000];

const OWN = 'lambda-parallel';
const MAIN_THREAD = 'main-thread';
const PISCINA_RUN = 'piscina-run';

/** `itemCount` of each make 0.3 s on two threads; and so do `mixCount` of all: most items cheap, most of the time in the dear ones. */
const SIZES = [
  { cost: '1us', micros: 1, itemCount: 600_000, mixCount: 30_000 },
  { cost: '100us', micros: 100, itemCount: 6_000, mixCount: 2_000 },
  { cost: '10ms', micros: 10_000, itemCount: 60, mixCount: 40 },
];
const MIX_SEED = 1;
/** Of items that cost next to nothing, so that only the way to the thread and back is left. */
const EMPTY_ITEM_COUNT = 2_000_000;

/** `cpu.map` beside the same work through its peers, and in the best chunks to be found by hand, on the same number of threads. */
export async function mapRateFigures(progress: Progress): Promise<Figure[]> {
  const iterationsPerMicro = calibratedIterations();
  const figures: Figure[] = [];
  const mix: number[] = [];
  for (const { cost, micros, itemCount, mixCount } of SIZES) {
    const iterations = Math.round(micros * iterationsPerMicro);
    mix.push(...itemsOf(mixCount, iterations));
    figures.push(figure(`cpu.item.${cost}.cost`, 'us', itemMicros(iterations, micros)));
    const result = await amongAll(cost, itemsOf(itemCount, iterations), progress);
    if (cost === '1us') figures.push(...besidePiscinaRun(result));
    figures.push(...besideBestChunk(cost, result), ...peerRates(cost, result));
  }
  figures.push(await emptyItemFigure(progress));
  for (const [cost, items] of [
    ['mix', shuffled(mix)],
    ['mix-sorted', mix],
  ] as const) {
    figures.push(...besideBestChunk(cost, await amongChunks(cost, items, progress)));
  }
  return figures;
}

async function amongAll(cost: string, items: readonly number[], progress: Progress): Promise<ContestResult> {
  await using pools = startSpinPools(THREADS);
  const contestants: Contestant[] = [
    { name: OWN, items, map: pools.own },
    { name: MAIN_THREAD, items, map: pools.mainThread },
    ...Object.entries(pools.perItem).map(([name, map]) => ({ name, items: items.slice(0, MOST_MESSAGES), map })),
    // Items of one cost are all alike, so a part of them has the rate of all.
    ...chunked(pools, items, (chunkSize) => items.slice(0, chunkSize * MOST_MESSAGES)),
  ];
  return await contest(`cpu.map, items of ${cost}`, contestants, RUNS, progress);
}

async function amongChunks(cost: string, items: readonly number[], progress: Progress): Promise<ContestResult> {
  await using pools = startSpinPools(THREADS);
  const contestants = [{ name: OWN, items, map: pools.own }, ...chunked(pools, items, () => items)];
  return await contest(`cpu.map, ${cost}`, contestants, RUNS, progress);
}

async function emptyItemFigure(progress: Progress): Promise<Figure> {
  await using pools = startSpinPools(THREADS);
  const items = itemsOf(EMPTY_ITEM_COUNT, 0);
  const own: Contestant = { name: OWN, items, map: pools.own };
  const peer: Contestant = { name: PISCINA_RUN, items: items.slice(0, MOST_MESSAGES), map: pools.perItem[PISCINA_RUN] };
  const result = await contest('cpu.map, items of next to nothing', [own, peer], RUNS, progress);
  return figure('cpu.map.0us.vs-piscina-run', 'x', result.ratios(own, peer));
}

/** Every size that gives each thread a chunk, up to the one that divides the items among them. */
function chunked(pools: SpinPools, items: readonly number[], itemsFor: (chunkSize: number) => readonly number[]): Contestant[] {
  const equalShare = Math.ceil(items.length / THREADS);
  const sizes = [...CHUNK_SIZES.filter((size) => size < equalShare), equalShare];
  return sizes.map((chunkSize) => ({
    name: `piscina, chunks of ${chunkSize}`,
    chunkSize,
    items: itemsFor(chunkSize),
    map: pools.chunked(chunkSize),
  }));
}

function besidePiscinaRun(result: ContestResult): Figure[] {
  const peer = result.named(PISCINA_RUN);
  const cores = Math.min(THREADS, availableParallelism());
  const limits = result.ratios(result.named(MAIN_THREAD), peer).map((ratio) => ratio * cores);
  return [
    figure('cpu.map.1us.vs-piscina-run', 'x', result.ratios(result.named(OWN), peer)),
    // Each core at the rate of a plain loop, nothing sent anywhere.
    figure('cpu.map.1us.limit-vs-piscina-run', 'x', limits),
  ];
}

function besideBestChunk(cost: string, result: ContestResult): Figure[] {
  const best = result.bestChunk();
  return [
    figure(`cpu.map.${cost}.vs-best-chunk`, 'x', result.ratios(result.named(OWN), best)),
    figure(`cpu.map.${cost}.best-chunk`, 'items', [best.chunkSize ?? Number.NaN]),
  ];
}

function peerRates(cost: string, result: ContestResult): Figure[] {
  return [
    ...result
      .withoutChunks()
      .map((contestant) => result.rate(`cpu.peer.${contestant.name}.${cost}.items-per-second`, contestant)),
    result.rate(`cpu.peer.piscina-best-chunk.${cost}.items-per-second`, result.bestChunk()),
  ];
}

/** The same order for the same seed: Fisher and Yates. */
function shuffled(items: readonly number[]): number[] {
  const random = new SeededRandom(MIX_SEED);
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = random.integer(0, last);
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return order;
}
