/** "At 1,769 MB, a function has the equivalent of one vCPU": https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MEMORY_MB_PER_VCPU = 1769;

/** CPU time that a memory setting buys, in vCPUs: 0.07 at 128 MB, 5.79 at 10,240 MB. */
export function vcpuShare(memoryMb: number): number {
  return memoryMb / MEMORY_MB_PER_VCPU;
}
