import { watch } from 'node:fs';

/** An editor writes a file in several steps. */
const QUIET_MS = 50;

/** Calls `onChange` after changes in a folder, until disposed, which waits for the call that runs. */
export function watchFolder(folder: string, onChange: () => Promise<void>): AsyncDisposable {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  const watcher = watch(folder, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = onChange();
    }, QUIET_MS);
  });
  // A folder that is removed: what is built of it stays.
  watcher.on('error', () => watcher.close());
  return {
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      watcher.close();
      await running;
    },
  };
}
