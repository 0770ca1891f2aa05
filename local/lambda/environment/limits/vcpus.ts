/** "At 1,769 MB, a function has the equivalent of one vCPU": https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MEMORY_MB_PER_VCPU = 1769;

export function vcpuShare(memoryMb: number): number {
  return memoryMb / MEMORY_MB_PER_VCPU;
}

/** Cores that a function sees, at most: more than it is paid for. Unofficial, as people have read them in `/proc/cpuinfo`. */
export function visibleVcpus(memoryMb: number): number {
  if (memoryMb <= 3538) return 2;
  if (memoryMb <= 5307) return 3;
  if (memoryMb <= 7076) return 4;
  if (memoryMb <= 8845) return 5;
  return 6;
}
