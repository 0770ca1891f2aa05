import { inspect } from 'node:util';
import type { LogLevel, LogLine } from '../protocol.ts';
import { collectBuffers } from '../transferables.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'error', 'info', 'log', 'trace', 'warn'];

/** A thread runs one chunk at a time; between them there is nobody to hand the lines to. */
let isCapturing = false;
let lines: LogLine[] | undefined;

/**
 * Keeps what is logged while a chunk runs: Lambda's console knows the request id on the main thread alone. Between chunks the
 * lines go where they always went.
 */
export function captureConsole(): void {
  for (const level of LEVELS) {
    const write = console[level];
    console[level] = (...args: unknown[]) => {
      if (isCapturing) {
        lines ??= [];
        lines.push({ level, args: args.map(asData) });
      } else write.apply(console, args);
    };
  }
}

export function beginLines(): void {
  isCapturing = true;
}

/** `undefined` where nothing was logged. */
export function takeLines(): readonly LogLine[] | undefined {
  const taken = lines;
  isCapturing = false;
  lines = undefined;
  return taken;
}

/** As it is where it can be copied, so that objects stay objects in JSON logs. */
function asData(value: unknown): unknown {
  if (value instanceof Error) return inspect(value);
  try {
    collectBuffers(value, new Set());
    // A copy, because the worker may go on to change it.
    return typeof value === 'object' ? structuredClone(value) : value;
  } catch {
    return inspect(value);
  }
}
