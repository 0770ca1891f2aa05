import { dirname, join } from 'node:path';
import { type CgroupHierarchy, cpuHierarchyV1, cpuTimeHierarchyV1, hierarchyV2, memoryHierarchyV1 } from './cgroup-hierarchy.ts';

/**
 * Where cgroups may be made, best first; each is all that it takes to limit CPU and memory, and to count CPU time where that is done.
 *
 * @param mounts - `/proc/self/mounts`.
 * @param memberships - `/proc/self/cgroup`.
 */
export function cgroupPlaces(mounts: string, memberships: string): CgroupHierarchy[][] {
  const cgroups = mounts.split('\n').map(parseMount);
  const mountOf = (controller: string) => cgroups.find(({ type, options }) => type === 'cgroup' && options.includes(controller));
  const [cpu, memory, cpuTime] = [mountOf('cpu'), mountOf('memory'), mountOf('cpuacct')];
  if (cpu !== undefined && memory !== undefined) {
    const placeIn = (folderOf: (mount: CgroupMount, controller: string) => string) => [
      cpuHierarchyV1(folderOf(cpu, 'cpu'), cpu === cpuTime),
      memoryHierarchyV1(folderOf(memory, 'memory')),
      ...(cpuTime === undefined || cpu === cpuTime ? [] : [cpuTimeHierarchyV1(folderOf(cpuTime, 'cpuacct'))]),
    ];
    return [
      // At the top what a killed process of ours has left is found again from whichever session.
      placeIn(({ folder }) => folder),
      placeIn(({ folder }, controller) => join(folder, ownGroup(memberships, controller))),
    ];
  }
  const unified = cgroups.find(({ type }) => type === 'cgroup2');
  if (unified === undefined) return [];
  const folders = [unified.folder];
  // A group with processes of its own passes no controller on, so ours cannot be below the one we are in, but beside it.
  for (let group = dirname(ownGroup(memberships, '')); group !== '/'; group = dirname(group)) {
    folders.push(join(unified.folder, group));
  }
  return folders.map((folder) => [hierarchyV2(folder)]);
}

interface CgroupMount {
  readonly folder: string;
  readonly type: string;
  readonly options: readonly string[];
}

function parseMount(line: string): CgroupMount {
  const [, folder = '', type = '', options = ''] = line.split(' ');
  return { folder, type, options: options.split(',') };
}

/** The path of the group that this process is in. Version 2 has the controller ''. */
function ownGroup(memberships: string, controller: string): string {
  for (const line of memberships.split('\n')) {
    const [, controllers = '', ...path] = line.split(':');
    if (path.length > 0 && controllers.split(',').includes(controller)) return path.join(':');
  }
  return '/';
}
