import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CgroupHierarchy } from './cgroup-hierarchy.ts';
import type { ResourceGroup, ResourceLimits } from './resource-group.ts';

/** The kernel takes a moment to let go of a process that was killed. */
const REMOVAL_PATIENCE_MS = 2_000;

/**
 * Makes a group in each hierarchy.
 *
 * @param parent - Name of the folder that holds the groups of this process.
 * @throws {Error} What the system says; nothing is left then.
 */
export function openCgroup(
  hierarchies: readonly CgroupHierarchy[],
  parent: string,
  name: string,
  limits: ResourceLimits,
): ResourceGroup {
  const folders: string[] = [];
  try {
    for (const hierarchy of hierarchies) {
      const parentFolder = join(hierarchy.folder, parent);
      hierarchy.makeParent(parentFolder);
      const folder = join(parentFolder, name);
      mkdirSync(folder);
      folders.push(folder);
      for (const { file, value, isOptional = false } of hierarchy.settings(limits)) {
        try {
          writeFileSync(join(folder, file), value);
        } catch (error) {
          if (!isOptional) throw error;
        }
      }
    }
  } catch (error) {
    for (const folder of folders) removeFolder(folder);
    removeParents();
    throw error;
  }

  function removeParents(): void {
    // The last group of this process takes the folder with it; before that it is not empty.
    for (const { folder } of hierarchies) removeFolder(join(folder, parent));
  }

  function contentOf(fileOf: (hierarchy: CgroupHierarchy) => string | undefined): string | undefined {
    for (const [index, hierarchy] of hierarchies.entries()) {
      const file = fileOf(hierarchy);
      if (file === undefined) continue;
      try {
        return readFileSync(join(folders[index] ?? '', file), 'utf8');
      } catch {
        // Of version 2, memory.peak is there since Linux 5.19.
      }
    }
    return undefined;
  }

  function peakMemoryBytes(): number | undefined {
    const content = contentOf(({ peakMemoryFile }) => peakMemoryFile);
    return content === undefined ? undefined : Number(content);
  }

  function cpuMs(): number | undefined {
    const content = contentOf(({ cpuTime }) => cpuTime?.file);
    return content === undefined ? undefined : hierarchies.find(({ cpuTime }) => cpuTime !== undefined)?.cpuTime?.msOf(content);
  }

  async function close(): Promise<void> {
    const patienceEnd = performance.now() + REMOVAL_PATIENCE_MS;
    for (const folder of folders) {
      while (!removeCgroup(folder) && performance.now() < patienceEnd) await delay(5);
    }
    removeParents();
  }

  let closed: Promise<void> | undefined;
  return {
    memberFiles: folders.map((folder) => join(folder, 'cgroup.procs')),
    peakMemoryBytes,
    cpuMs,
    close() {
      closed ??= close();
      return closed;
    },
  };
}

/**
 * Kills what is in a group and removes it.
 *
 * @returns Whether it is gone. It is not while a process in it still ends.
 */
export function removeCgroup(folder: string): boolean {
  for (const pid of membersOf(folder)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
  return removeFolder(folder);
}

function membersOf(folder: string): number[] {
  try {
    const pids = readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').map(Number);
    // 0 is a process that cannot be seen from here, and would mean our own process group.
    return pids.filter((pid) => pid > 0);
  } catch {
    return [];
  }
}

function removeFolder(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
