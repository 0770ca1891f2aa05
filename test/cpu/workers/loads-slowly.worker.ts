import { closeSync, existsSync, openSync } from 'node:fs';
import { defineWorker } from 'lambda-parallel';

// The first thread goes ahead; the others are not done before it has loaded what comes next.
const file = process.env['LOADED_WORKERS'] ?? '';
if (!isFirst()) while (!existsSync(file)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);

function isFirst(): boolean {
  try {
    closeSync(openSync(`${file}.first`, 'wx'));
    return true;
  } catch {
    return false;
  }
}

export default defineWorker<unknown, string>(() => 'loaded');
