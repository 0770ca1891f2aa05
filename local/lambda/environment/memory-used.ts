import { readFileSync } from 'node:fs';
import type { ResourceGroup } from './limits/resource-group.ts';

const BYTES_PER_MB = 1024 * 1024;

/**
 * The most that an environment has used so far, in whole MB; 0 where nobody can tell. A group counts all its processes, but none of the
 * files that others had in memory before, as Node itself; its process counts those, as Lambda does.
 */
export function maxMemoryUsedMb(group: ResourceGroup, pid: number | undefined): number {
  return Math.ceil(Math.max(group.peakMemoryBytes() ?? 0, peakOfProcess(pid)) / BYTES_PER_MB);
}

function peakOfProcess(pid: number | undefined): number {
  try {
    const [, kilobytes = '0'] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    // It has ended, or this is no Linux.
    return 0;
  }
}
