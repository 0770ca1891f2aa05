import { format, inspect } from 'node:util';
import type { LogLevel, LogLine } from '../protocol.ts';
import { collectBuffers } from '../transferables.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'error', 'info', 'log', 'warn'];

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
      if (isCapturing) add(level, args.map(asData));
      else write.apply(console, args);
    };
  }
  const { dir, trace } = console;
  console.dir = (value, options) => {
    if (isCapturing) add('log', [inspect(value, { customInspect: false, ...options })]);
    else dir.call(console, value, options);
  };
  console.trace = (...args: unknown[]) => {
    if (isCapturing) add('error', [traceOf(args)]);
    else trace.apply(console, args);
  };
}

function add(level: LogLevel, args: readonly unknown[]): void {
  lines ??= [];
  lines.push({ level, args });
}

/** With the stack of the worker: the caller's would be that of this library. */
function traceOf(args: readonly unknown[]): string {
  const trace = { name: 'Trace', message: format(...args), stack: '' };
  Error.captureStackTrace(trace, console.trace);
  return trace.stack;
}

export function beginLines(): void {
  isCapturing = true;
  lines = undefined;
}

/** `undefined` where nothing was logged. */
export function takeLines(): readonly LogLine[] | undefined {
  const taken = lines;
  isCapturing = false;
  lines = undefined;
  return taken;
}

/** As it is where it can be copied, so that objects stay objects in JSON logs; a line is never worth an item. */
function asData(value: unknown): unknown {
  try {
    if (value instanceof Error) return inspect(value);
    collectBuffers(value, new Set());
    // A copy, because the worker may go on to change it.
    return structuredClone(value);
  } catch {
    return asText(value);
  }
}

function asText(value: unknown): string {
  try {
    return inspect(value);
  } catch {
    return `(${typeof value} that cannot be shown)`;
  }
}
