import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { visibleVcpus } from './limits/vcpus.ts';

/** Paths of tools that work here as they are wanted. */
const tools = new Map<string, string | undefined>();

/** Words to start a command with so that the kernel kills it when this process ends, however that happens; none where no tool can. */
export function withParentsDeath(): readonly string[] {
  const options = ['--pdeathsig', 'KILL'];
  const path = working('setpriv', options);
  return path === undefined ? [] : [path, ...options];
}

/**
 * Words to start a command with so that it sees no more cores than on Lambda; none where the machine has no more, or no tool for it.
 *
 * @param turn - A number that is another one for each environment: they are spread over the cores.
 */
export function withVisibleCores(memoryMb: number, turn: number): readonly string[] {
  const count = visibleVcpus(memoryMb);
  if (availableParallelism() <= count) return [];
  const cores = allowedCores();
  if (cores.length <= count) return [];
  const path = working('taskset', ['-c', `${cores[0]}`]);
  if (path === undefined) return [];
  const chosen = Array.from({ length: count }, (_, index) => cores[(turn * count + index) % cores.length]);
  return [path, '-c', chosen.join(',')];
}

/** Tried once for real: a tool of that name may know other options. */
function working(tool: string, options: readonly string[]): string | undefined {
  if (!tools.has(tool)) {
    const path = onPath(tool);
    const works = path !== undefined && spawnSync(path, [...options, 'true'], { stdio: 'ignore' }).status === 0;
    tools.set(tool, works ? path : undefined);
  }
  return tools.get(tool);
}

function onPath(tool: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, tool))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** As `0-3,8`: the cores that this process may use itself. */
function allowedCores(): number[] {
  try {
    const [, list = ''] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return list.split(',').flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
  } catch {
    return [];
  }
}
