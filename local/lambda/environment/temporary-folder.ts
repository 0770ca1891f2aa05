import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './is-alive.ts';

const PREFIX = 'lambda-parallel-environment-';

/** What `/tmp` is to an environment: a folder of its own. Its name says whose it is, so that it can be removed when that process has ended. */
export function makeTemporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

/** Removes the folders of processes that were killed. */
export function removeLeftoverFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = /^(\d+)-/.exec(name.startsWith(PREFIX) ? name.slice(PREFIX.length) : '') ?? [];
    // One of another user cannot be removed from here.
    if (pid !== undefined && !isAlive(Number(pid))) removeQuietly(join(tmpdir(), name));
  }
}

function removeQuietly(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Left to whoever may.
  }
}
