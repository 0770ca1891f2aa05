import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Not one that has ended and whose parent has not asked how. */
export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat[stat.lastIndexOf(')') + 2] !== 'Z';
  } catch {
    return false;
  }
}

/** Of the groups that a process has made. */
export function cgroupFolders(pid: number): string[] {
  const root = '/sys/fs/cgroup';
  const folders = [root, ...readdirSync(root).map((name) => join(root, name))];
  return folders.map((folder) => join(folder, `lambda-parallel-${pid}`)).filter((folder) => existsSync(folder));
}

/** Of the environments that a process has started, and of what it has built. */
export function temporaryFolders(pid: number): string[] {
  const beginnings = ['environment', 'build'].map((purpose) => `lambda-parallel-${purpose}-${pid}-`);
  return readdirSync(tmpdir()).filter((name) => beginnings.some((beginning) => name.startsWith(beginning)));
}
