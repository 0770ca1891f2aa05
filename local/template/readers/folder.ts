import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { textOf } from '../source/read-value.ts';
import { shown } from '../source/shown.ts';
import type { Value } from '../source/template-node.ts';
import { ProblemAt } from '../template-error.ts';

/** `CodeUri` or `ContentUri`, absolute. @throws {ProblemAt} If it is not a folder of this machine. */
export function folderOf(value: Value, templateFolder: string): string {
  const folder = resolve(templateFolder, textOf(value));
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return folder;
  throw new ProblemAt(value, `must be a folder, from that of the template: ${shown(value)}; create it, or correct the path`);
}
