import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { OutputFile } from 'esbuild';

/** A folder that was not there before: `<name>-1`, `<name>-2` … */
export async function newFolder(parent: string, name: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  for (let number = 1; ; number += 1) {
    const folder = join(parent, `${name}-${number}`);
    try {
      await mkdir(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** @param outdir - Where esbuild would have written them. @returns The folder where they are. */
export async function writeArtefact(files: readonly OutputFile[], outdir: string): Promise<string> {
  const folder = await newFolder(dirname(outdir), relative(dirname(outdir), outdir));
  for (const { path, contents } of files) {
    const file = join(folder, relative(outdir, path));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, contents);
  }
  return folder;
}
