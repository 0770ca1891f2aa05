import type { Capacity } from '../capacity/capacity.ts';

/**
 * Begins to measure, and returns what tells how much of the CPU time that is paid for the process has used since, in percent: all
 * threads and Node's own included. It may be above 100, as Lambda grants CPU time in slices of 20 ms: a short invocation may run on
 * credit.
 *
 * `undefined` where it cannot be told: outside Lambda nothing says what is paid for, and on Managed Instances the process also runs
 * other invocations, whose time cannot be told apart.
 */
export function measureCpuUtilization({ memoryMb, vcpuShare, managedInstances }: Capacity): () => number | undefined {
  if (memoryMb === undefined || managedInstances !== undefined) return () => undefined;
  const startedAtMs = performance.now();
  const startedWith = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(startedWith);
    const elapsedMs = performance.now() - startedAtMs;
    return elapsedMs > 0 ? (100 * (user + system)) / 1000 / (elapsedMs * vcpuShare) : undefined;
  };
}
