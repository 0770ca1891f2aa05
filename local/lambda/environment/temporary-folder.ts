import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './is-alive.ts';

const NAME = /^lambda-parallel-(?:environment|build)-(\d+)-/;

/**
 * A folder of its own: what `/tmp` is to an environment, or what is built. Its name says whose it is, so that it can be removed when that
 * process has ended.
 */
export function makeTemporaryFolder(purpose: 'environment' | 'build'): string {
  return mkdtempSync(join(tmpdir(), `lambda-parallel-${purpose}-${process.pid}-`));
}

/** Removes the folders of processes that were killed. */
export function removeLeftoverFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = NAME.exec(name) ?? [];
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
