import { fitTimeModel, type MeasuredTier, predict } from './time-model.ts';

export interface LeftOut {
  readonly memoryMb: number;
  readonly measuredMs: number;
  /** From the other tiers alone. */
  readonly predictedMs: number;
  /** Of the prediction, in % of what was measured; negative where it is too short. */
  readonly errorPercent: number;
}

/**
 * How far the model is from each tier that was measured, when it knows only the others: what to expect of it where nothing was measured.
 *
 * @param tiers - Of one function, input and concurrency: at least two.
 */
export function leaveOneOut(tiers: readonly MeasuredTier[]): LeftOut[] {
  return tiers.map((tier, left) => {
    const others = tiers.filter((_, index) => index !== left);
    const { durationMs: predictedMs } = predict(fitTimeModel(others), tier.memoryMb);
    const { memoryMb, durationMs: measuredMs } = tier;
    return { memoryMb, measuredMs, predictedMs, errorPercent: 100 * (predictedMs / measuredMs - 1) };
  });
}
