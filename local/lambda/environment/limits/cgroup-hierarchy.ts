import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResourceLimits } from './resource-group.ts';

/** Lambda's own, as seen in `/sys/fs/cgroup` of a function: a function out of CPU time waits for at most as long. */
const PERIOD_US = 20_000;
/** The kernel's minimum. */
const MIN_QUOTA_US = 1_000;
const BYTES_PER_MB = 1024 * 1024;

/** A tree of cgroups that limits or counts something. Version 1 has one for each purpose, version 2 has one for all. */
export interface CgroupHierarchy {
  /** The folder in which ours are made. */
  readonly folder: string;
  /** Makes a folder for the groups of this process. */
  makeParent(parent: string): void;
  /** Of the files of a group, what to write into them, in this order. */
  settings(limits: ResourceLimits): readonly CgroupSetting[];
  /** The group's file with the most memory ever used. */
  readonly peakMemoryFile?: string;
  readonly cpuTime?: CpuTimeFile;
}

/** The group's file with the CPU time that it was given. */
interface CpuTimeFile {
  readonly file: string;
  msOf(content: string): number;
}

interface CgroupSetting {
  readonly file: string;
  readonly value: string;
  /** A kernel without swap accounting has no limit of swap to set. */
  readonly isOptional?: boolean;
}

/** @param isCounting - Whether the controller that counts CPU time, `cpuacct`, is mounted in the same place, as it mostly is. */
export function cpuHierarchyV1(folder: string, isCounting: boolean): CgroupHierarchy {
  return {
    folder,
    makeParent: (parent) => mkdirSync(parent, { recursive: true }),
    settings: ({ vcpuShare }) => [
      { file: 'cpu.cfs_period_us', value: `${PERIOD_US}` },
      { file: 'cpu.cfs_quota_us', value: `${quotaUs(vcpuShare)}` },
    ],
    ...(isCounting && { cpuTime: CPU_TIME_V1 }),
  };
}

/** Limits nothing. */
export function cpuTimeHierarchyV1(folder: string): CgroupHierarchy {
  return {
    folder,
    makeParent: (parent) => mkdirSync(parent, { recursive: true }),
    settings: () => [],
    cpuTime: CPU_TIME_V1,
  };
}

const CPU_TIME_V1: CpuTimeFile = { file: 'cpuacct.usage', msOf: (nanoseconds) => Number(nanoseconds) / 1e6 };

export function memoryHierarchyV1(folder: string): CgroupHierarchy {
  return {
    folder,
    makeParent: (parent) => mkdirSync(parent, { recursive: true }),
    settings: ({ memoryMb }) => [
      { file: 'memory.limit_in_bytes', value: `${memoryMb * BYTES_PER_MB}` },
      { file: 'memory.memsw.limit_in_bytes', value: `${memoryMb * BYTES_PER_MB}`, isOptional: true },
    ],
    peakMemoryFile: 'memory.max_usage_in_bytes',
  };
}

export function hierarchyV2(folder: string): CgroupHierarchy {
  return {
    folder,
    makeParent(parent) {
      // A group has the files of a controller only where the one above it passes the controller on.
      writeFileSync(join(folder, 'cgroup.subtree_control'), '+cpu +memory');
      mkdirSync(parent, { recursive: true });
      writeFileSync(join(parent, 'cgroup.subtree_control'), '+cpu +memory');
    },
    settings: ({ vcpuShare, memoryMb }) => [
      { file: 'cpu.max', value: `${quotaUs(vcpuShare)} ${PERIOD_US}` },
      { file: 'memory.max', value: `${memoryMb * BYTES_PER_MB}` },
      { file: 'memory.swap.max', value: '0', isOptional: true },
    ],
    peakMemoryFile: 'memory.peak',
    cpuTime: { file: 'cpu.stat', msOf: (content) => Number(/^usage_usec (\d+)$/m.exec(content)?.[1]) / 1000 },
  };
}

function quotaUs(vcpuShare: number): number {
  return Math.max(MIN_QUOTA_US, Math.round(vcpuShare * PERIOD_US));
}
