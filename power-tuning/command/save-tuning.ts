import { join } from 'node:path';
import type { Tuning } from '../tuning.ts';
import { replaceFile } from './replace-file.ts';

/** @returns The file: its name says of what, where and when the result is, so that several can be compared. */
export async function saveTuning(tuning: Tuning, folder: string): Promise<string> {
  const { name, place, region, architecture, startedAt } = tuning;
  // Without what not every file system takes.
  const dateTime = startedAt.replace(/\.\d+/, '').replaceAll(':', '-');
  const file = join(folder, `${[name, place, region, architecture, dateTime].join('.')}.json`);
  try {
    await replaceFile(file, `${JSON.stringify(tuning, null, 2)}\n`);
  } catch (cause) {
    throw new Error(`Cannot save the result as ${file}: ${(cause as Error).message}; choose another folder with --results`, {
      cause,
    });
  }
  return file;
}
