import { vcpuShare } from 'lambda-parallel';
import { minimise } from './minimise.ts';

/** What one memory setting was measured to take, in means of one invocation. */
export interface MeasuredTier {
  readonly memoryMb: number;
  readonly durationMs: number;
  readonly cpuMs: number;
}

/** What a function does, as its times with several memory settings tell it. */
export interface TimeModel {
  /** CPU time of an invocation that is never interrupted, and what it grows by with each vCPU of which it has only a part. */
  readonly cpu: { readonly baseMs: number; readonly perInverseShareMs: number };
  /** Time that passes without its computing. */
  readonly waitMs: number;
  /** Of the CPU time: what runs on several vCPUs where there are several. From 0 to 1. */
  readonly parallelShare: number;
  /** From 0, it computes before or after it waits, to 1, it computes only while it waits. */
  readonly overlap: number;
}

export interface Prediction {
  readonly durationMs: number;
  readonly cpuMs: number;
}

/**
 * Works out what a function does from its times with the settings that were measured.
 *
 * The model: an invocation computes and waits. What it computes takes its CPU time divided by the vCPU share; above one vCPU only the part
 * that runs in parallel does. It grows a little towards small settings, as each break that the quota makes costs warm caches, and a small
 * heap costs collections: in proportion to the inverse of the share. What it waits takes the same time with any setting. The two overlap in part.
 *
 * Five numbers, each within its bounds, fitted to relative errors of the times. What the measurements do not tell is taken so that more
 * memory promises less: nothing runs in parallel where nothing was measured above one vCPU, and nothing overlaps.
 *
 * @param tiers - At least one. The more, and the further apart, the better; two above one vCPU tell what runs in parallel.
 */
export function fitTimeModel(tiers: readonly MeasuredTier[]): TimeModel {
  const shortestMs = Math.min(...tiers.map(({ durationMs }) => durationMs));
  const largestShare = Math.max(...tiers.map(({ memoryMb }) => vcpuShare(memoryMb)));
  const cpu = fitCpuTime(tiers);
  const [overlap = 0, parallelShare = 0, waitMs = 0] = minimise(
    [
      { from: 0, to: 1 },
      { from: 0, to: largestShare > 1 ? 1 : 0 },
      { from: 0, to: shortestMs },
    ],
    ([overlap = 0, parallelShare = 0, waitMs = 0]) =>
      sum(
        tiers.map(({ memoryMb, durationMs, cpuMs }) => {
          const predictedMs = durationOf(cpuMs, vcpuShare(memoryMb), { overlap, parallelShare, waitMs });
          return Math.log(predictedMs / durationMs) ** 2;
        }),
      ),
  );
  return { cpu, waitMs, parallelShare, overlap };
}

export function predict({ cpu, ...times }: TimeModel, memoryMb: number): Prediction {
  const share = vcpuShare(memoryMb);
  const cpuMs = cpu.baseMs + cpu.perInverseShareMs / share;
  return { cpuMs, durationMs: durationOf(cpuMs, share, times) };
}

function durationOf(cpuMs: number, share: number, { waitMs, parallelShare, overlap }: Omit<TimeModel, 'cpu'>): number {
  const computeMs = cpuMs * ((1 - parallelShare) / Math.min(share, 1) + parallelShare / share);
  // From their sum to the longer one of the two.
  const norm = 1 / Math.max(1 - overlap, 0.01);
  const longerMs = Math.max(waitMs, computeMs);
  const shorterMs = Math.min(waitMs, computeMs);
  return longerMs === 0 ? 0 : longerMs * (1 + (shorterMs / longerMs) ** norm) ** (1 / norm);
}

/** A straight line over the inverse of the share, of relative errors, neither falling nor below zero. */
function fitCpuTime(tiers: readonly MeasuredTier[]): TimeModel['cpu'] {
  const points = tiers.map(({ memoryMb, cpuMs }) => ({ x: 1 / vcpuShare(memoryMb), y: cpuMs, weight: 1 / cpuMs ** 2 }));
  const total = sum(points.map(({ weight }) => weight));
  const meanX = sum(points.map(({ x, weight }) => x * weight)) / total;
  const meanY = sum(points.map(({ y, weight }) => y * weight)) / total;
  const varianceX = sum(points.map(({ x, weight }) => weight * (x - meanX) ** 2));
  const covariance = sum(points.map(({ x, y, weight }) => weight * (x - meanX) * (y - meanY)));
  const slope = varianceX === 0 ? 0 : Math.min(Math.max(0, covariance / varianceX), meanY / meanX);
  return { baseMs: meanY - slope * meanX, perInverseShareMs: slope };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
