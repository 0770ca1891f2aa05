import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { ProcessEnd } from './function-error.ts';
import { withParentsDeath, withVisibleCores } from './launch-tools.ts';
import type { ResourceGroup } from './limits/resource-group.ts';

export interface RuntimeProcessOptions {
  readonly command: readonly string[];
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly group: ResourceGroup;
  readonly memoryMb: number;
}

/** A process and all that it starts, in a session of its own: signals reach them together, and Ctrl-C in our terminal reaches none. */
export interface RuntimeProcess {
  readonly pid: number | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly ended: Promise<ProcessEnd>;
  /** Stops it where it is, its timers included. */
  freeze(): void;
  thaw(): void;
  kill(): void;
}

let startedCount = 0;

/** @throws {Error} What the system says where there is no descriptor left for its pipes, or a variable that no process can have. */
export function startProcess({ command, folder, variables, group, memoryMb }: RuntimeProcessOptions): RuntimeProcess {
  const [program = '', ...args] = inGroup(group, [
    ...withParentsDeath(),
    ...withVisibleCores(memoryMb, startedCount++),
    ...command,
  ]);
  const child = spawn(program, args, { cwd: folder, env: variables, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const { pid } = child;
  if (pid !== undefined) killAtExit(pid, child);

  function signal(name: NodeJS.Signals): void {
    // Once it has ended, its id may be somebody else's.
    if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    signalGroup(pid, name);
    // What the function has started in a session of its own.
    for (const member of membersOf(group)) if (member !== pid) signalOne(member, name);
  }

  return {
    pid,
    stdout: child.stdout,
    stderr: child.stderr,
    ended: endOf(child, folder),
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    kill: () => signal('SIGKILL'),
  };
}

/** A shell moves itself into the group and becomes the command: no instruction of it runs outside. */
function inGroup({ memberFiles }: ResourceGroup, command: readonly string[]): readonly string[] {
  if (memberFiles.length === 0) return command;
  const moves = memberFiles.map((_, index) => `echo $$ > "\${${index + 1}}"`);
  const script = `${moves.join(' && ')} && shift ${memberFiles.length} && exec "$@"`;
  return ['/bin/sh', '-c', script, 'sh', ...memberFiles, ...command];
}

function endOf(child: ChildProcess, folder: string): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once('error', ({ message }) => {
      // The system says of both, the program and the folder, that it is the program that does not exist.
      resolve({ how: 'not started', reason: existsSync(folder) ? message : `there is no folder ${folder}` });
    });
    child.once('exit', (code, signal) => {
      // What the function itself has started and left behind.
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
      resolve(signal === null ? { how: 'exit', code: code ?? 0 } : { how: 'signal', signal });
    });
  });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // All of it has ended.
  }
}

function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

/** None where there are no groups. */
function membersOf({ memberFiles }: ResourceGroup): number[] {
  const [file] = memberFiles;
  try {
    const pids = file === undefined ? [] : readFileSync(file, 'utf8').split('\n').map(Number);
    return pids.filter((pid) => pid > 0);
  } catch {
    return [];
  }
}

const alive = new Set<number>();

/** Where nothing else sees to it, a process that ends without closing its environments would leave frozen ones for ever. */
function killAtExit(pid: number, child: ChildProcess): void {
  if (alive.size === 0) process.on('exit', killAlive);
  alive.add(pid);
  child.once('exit', () => {
    alive.delete(pid);
    if (alive.size === 0) process.off('exit', killAlive);
  });
}

function killAlive(): void {
  for (const pid of alive) signalGroup(pid, 'SIGKILL');
}
