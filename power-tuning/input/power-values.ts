/** What Lambda takes: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
export const MIN_MEMORY_MB = 128;
export const MAX_MEMORY_MB = 10_240;

/** Where a vCPU is full, so the next one begins to pay; below the first of them, where small functions usually are. */
const VCPU_STEPS_MB = [128, 512, 1024, 1769, 3538, 5307, 7076, 8845, MAX_MEMORY_MB];

/**
 * The memory settings that are tried where the input names none.
 *
 * @param maxMemoryMb - The most that the account may have, an integer from 128 to 10,240: 3,008 for new ones. It is tried as well.
 */
export function defaultPowerValues(maxMemoryMb: number = MAX_MEMORY_MB): readonly number[] {
  return [...VCPU_STEPS_MB.filter((memoryMb) => memoryMb < maxMemoryMb), maxMemoryMb];
}

/** What the state machine makes of `"ALL"`: 128 to 3,008 MB in steps of 64. */
export function allPowerValues(): readonly number[] {
  return Array.from({ length: (3008 - MIN_MEMORY_MB) / 64 + 1 }, (_, step) => MIN_MEMORY_MB + step * 64);
}
