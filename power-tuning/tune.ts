import { endBySignal, stopSignal } from '../local/command-line/stop-signal.ts';
import { readOptions } from './command/options.ts';
import { run } from './command/run.ts';

const options = readOptions();
const signal = stopSignal();
try {
  await run(options, signal);
} catch (error) {
  if (!signal.aborted) {
    const { message = String(error) } = error as Partial<Error>;
    console.error(message.startsWith('Cannot ') ? message : `Cannot tune ${options.name}: ${message}`);
    process.exitCode = 1;
  }
}
if (signal.aborted) endBySignal(signal);
