import type { LogLine } from './protocol.ts';

/** Where the lines go that workers log: `console`, or a logger with the same methods, as Powertools' `Logger` has them. */
export interface WorkerLogger {
  debug(...args: never[]): void;
  info(...args: never[]): void;
  warn(...args: never[]): void;
  error(...args: never[]): void;
}

/** Writes them on the caller's side, in its asynchronous context: there the request id is known. */
export function writeLines(logger: WorkerLogger, lines: readonly LogLine[]): void {
  for (const { level, args } of lines) {
    const write = (logger as unknown as Partial<Record<string, unknown>>)[level];
    // Loggers often have no `log` and no `trace`.
    const method = typeof write === 'function' ? level : level === 'trace' ? 'debug' : 'info';
    (logger as unknown as Record<string, (...args: readonly unknown[]) => void>)[method]?.(...args);
  }
}
