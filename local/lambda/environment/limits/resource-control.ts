import { randomBytes } from 'node:crypto';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../is-alive.ts';
import { openCgroup, removeCgroup } from './cgroup-group.ts';
import type { CgroupHierarchy } from './cgroup-hierarchy.ts';
import { cgroupPlaces } from './cgroup-places.ts';
import type { ResourceGroup, ResourceLimits } from './resource-group.ts';

const PREFIX = 'lambda-parallel-';

/** Whether this machine lets us limit CPU and memory, and how. */
export interface ResourceControl {
  readonly isLimited: boolean;
  /** Where nothing is limited: one line that says why and what to do. */
  readonly reason?: string | undefined;
  /**
   * A group of its own for an environment.
   *
   * @throws {Error} What the system says when it cannot be made.
   */
  openGroup(limits: ResourceLimits): ResourceGroup;
}

/** Finds out, by trying, whether CPU and memory can be limited here, and removes what processes that were killed have left. */
export function detectResourceControl(): ResourceControl {
  if (process.platform !== 'linux') {
    return unlimitedControl(
      `Cannot limit CPU and memory to the memory setting: ${process.platform} has no cgroups; functions run as fast as this machine is`,
    );
  }
  let reason = 'no cgroup hierarchy with CPU and memory is mounted';
  for (const place of cgroupPlaces(readOr('/proc/self/mounts'), readOr('/proc/self/cgroup'))) {
    try {
      const control = controlIn(place);
      // Nothing tells better than a group that was made.
      void control.openGroup({ vcpuShare: 1, memoryMb: 128 }).close();
      for (const { folder } of place) removeLeftovers(folder);
      return control;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  return unlimitedControl(
    `Cannot limit CPU and memory to the memory setting: ${reason}; functions run as fast as this machine is, run as root to limit them`,
  );
}

/** Everything runs as fast as the machine is. */
export function unlimitedControl(reason: string): ResourceControl {
  return {
    isLimited: false,
    reason,
    openGroup: () => ({
      memberFiles: [],
      peakMemoryBytes: () => undefined,
      cpuMs: () => undefined,
      close: async () => undefined,
    }),
  };
}

function controlIn(place: readonly CgroupHierarchy[]): ResourceControl {
  for (const { folder } of place) accessSync(join(folder, 'cgroup.procs'), constants.W_OK);
  return {
    isLimited: true,
    openGroup: (limits) => openCgroup(place, `${PREFIX}${process.pid}`, randomBytes(6).toString('hex'), limits),
  };
}

function removeLeftovers(folder: string): void {
  for (const parent of foldersIn(folder)) {
    const pid = parent.startsWith(PREFIX) ? Number(parent.slice(PREFIX.length)) : Number.NaN;
    if (!Number.isInteger(pid) || isAlive(pid)) continue;
    for (const name of foldersIn(join(folder, parent))) removePatiently(join(folder, parent, name));
    removeCgroup(join(folder, parent));
  }
}

/** What is killed in it takes a moment to end: a tenth of a second at most, and only after somebody was killed. */
function removePatiently(folder: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let attempt = 0; attempt < 20 && !removeCgroup(folder); attempt += 1) Atomics.wait(pause, 0, 0, 5);
}

/** None where somebody else has just removed it. */
function foldersIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
