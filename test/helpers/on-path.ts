import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The file behind a command, if this machine has it. */
export function onPath(command: string): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const file = join(folder, command);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not here: the next folder.
    }
  }
  return undefined;
}
