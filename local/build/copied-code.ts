import { cp, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { newFolder } from './artefact.ts';

/** "EXCLUDED_FILES": aws-lambda-builders, workflows/nodejs_npm/workflow.py */
const LEFT_OUT: ReadonlySet<string> = new Set(['.aws-sam', '.git']);

/**
 * Code that runs as it is, in a folder of its own. Its packages are linked, as they are in the folder of the code: SAM would install them.
 *
 * @returns Where it is.
 */
export async function copyCode(codeFolder: string, outFolder: string, name: string): Promise<string> {
  const folder = await newFolder(outFolder, name);
  for (const entry of await readdir(codeFolder)) {
    const source = join(codeFolder, entry);
    if (LEFT_OUT.has(entry)) continue;
    if (entry === 'node_modules') await symlink(source, join(folder, entry));
    else await cp(source, join(folder, entry), { recursive: true });
  }
  return folder;
}
