import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leaveOneOut } from '../../../power-tuning/model/leave-one-out.ts';
import { fitTimeModel, type MeasuredTier, predict } from '../../../power-tuning/model/time-model.ts';

const MEMORY_MB = [256, 512, 1024, 1769, 2304, 3008, 3538];
const MEMORY_MB_PER_VCPU = 1769;

/** Tiers of a function whose times are known. */
function tiersOf(timeMs: (share: number) => number, cpuMs: number, memoryMb: readonly number[] = MEMORY_MB): MeasuredTier[] {
  return memoryMb.map((tier) => ({ memoryMb: tier, durationMs: timeMs(tier / MEMORY_MB_PER_VCPU), cpuMs }));
}

function predictedMs(tiers: readonly MeasuredTier[], memoryMb: number): number {
  return predict(fitTimeModel(tiers), memoryMb).durationMs;
}

/** Of what `timeMs` says for the tier, in %. */
function expectWithin(
  percent: number,
  tiers: readonly MeasuredTier[],
  memoryMb: number,
  timeMs: (share: number) => number,
): void {
  const error = predictedMs(tiers, memoryMb) / timeMs(memoryMb / MEMORY_MB_PER_VCPU) - 1;
  expect(100 * Math.abs(error)).toBeLessThan(percent);
}

test('what computes on all threads goes on to gain, what computes on one does not', () => {
  const onAll = (share: number) => 400 / share;
  expectWithin(1, tiersOf(onAll, 400), 7076, onAll);
  const onOne = (share: number) => 400 / Math.min(share, 1);
  expectWithin(1, tiersOf(onOne, 400), 7076, onOne);
});

test('what waits takes as long with any setting', () => {
  const waits = () => 250;
  expectWithin(1, tiersOf(waits, 2), 10_240, waits);
});

test('what does both is told apart, whether it computes before it waits or meanwhile', () => {
  const inTurn = (share: number) => 200 + 300 / share;
  expectWithin(5, tiersOf(inTurn, 300), 5307, inTurn);
  const meanwhile = (share: number) => Math.max(200, 300 / Math.min(share, 1));
  expectWithin(5, tiersOf(meanwhile, 300), 5307, meanwhile);
  const partly = (share: number) => 100 + 150 / Math.min(share, 1) + 150 / share;
  expectWithin(10, tiersOf(partly, 300), 5307, partly);
});

test('CPU time that small settings add to is not expected of large ones', () => {
  const tiers = MEMORY_MB.map((memoryMb) => {
    const share = memoryMb / MEMORY_MB_PER_VCPU;
    const cpuMs = 300 + 30 / share;
    return { memoryMb, cpuMs, durationMs: cpuMs / share };
  });
  const { cpuMs, durationMs } = predict(fitTimeModel(tiers), 2 * 3538);
  expect(cpuMs).toBeCloseTo(307.5, 0);
  expect(durationMs).toBeCloseTo(76.9, 0);
});

test('where nothing was measured above one vCPU, more of them promise nothing', () => {
  const tiers = tiersOf((share) => 400 / share, 400, [512, 1024, 1769]);
  expect(predictedMs(tiers, 3538)).toBeCloseTo(400, 0);
  expect(
    predictedMs(
      tiersOf(() => 400, 400, [1769]),
      7076,
    ),
  ).toBeCloseTo(400, 0);
});

test('more memory never takes longer, and nothing is faster than its CPU time allows', () => {
  const times = fc.array(
    fc.record({
      durationMs: fc.double({ min: 1, max: 60_000, noNaN: true }),
      busy: fc.double({ min: 0.01, max: 1, noNaN: true }),
    }),
    {
      minLength: 1,
      maxLength: MEMORY_MB.length,
    },
  );
  fc.assert(
    fc.property(times, (measured) => {
      const tiers = measured.map(({ durationMs, busy }, index) => {
        const memoryMb = MEMORY_MB[index] ?? 128;
        return { memoryMb, durationMs, cpuMs: (durationMs * busy * memoryMb) / MEMORY_MB_PER_VCPU };
      });
      const model = fitTimeModel(tiers);
      const predicted = [3539, 5307, 7076, 8845, 10_240].map((memoryMb) => predict(model, memoryMb));
      for (const [index, { durationMs, cpuMs }] of predicted.entries()) {
        const share = ([3539, 5307, 7076, 8845, 10_240][index] ?? 0) / MEMORY_MB_PER_VCPU;
        expect(durationMs).toBeGreaterThanOrEqual((cpuMs / share) * 0.999);
        expect(durationMs).toBeLessThanOrEqual((predicted[index - 1]?.durationMs ?? Number.POSITIVE_INFINITY) * 1.001);
      }
    }),
    { numRuns: 25 },
  );
});

test('each tier is compared with what the others say of it', () => {
  const mixed = (share: number) => 50 + 400 / share;
  const left = leaveOneOut(tiersOf(mixed, 400));
  expect(left.map(({ memoryMb }) => memoryMb)).toEqual(MEMORY_MB);
  for (const { errorPercent, measuredMs, predictedMs: ms } of left) {
    expect(errorPercent).toBeCloseTo(100 * (ms / measuredMs - 1), 6);
    expect(Math.abs(errorPercent)).toBeLessThan(5);
  }
  // One that is like none of the others is not explained by itself.
  const odd = tiersOf(mixed, 400).map((tier) => (tier.memoryMb === 1769 ? { ...tier, durationMs: 4000 } : tier));
  expect(leaveOneOut(odd).find(({ memoryMb }) => memoryMb === 1769)?.errorPercent).toBeLessThan(-80);
});
