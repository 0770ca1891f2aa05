import type { LogLine } from './protocol.ts';

/** Where the lines go that workers log: `console`, or a logger with the same methods, as Powertools' `Logger` has them. */
export interface WorkerLogger {
  debug(...args: never[]): void;
  info(...args: never[]): void;
  warn(...args: never[]): void;
  error(...args: never[]): void;
}

/**
 * Writes them on the caller's side, in its asynchronous context: there the request id is known. A logger that throws costs its
 * lines, and no item.
 */
export function writeLines(logger: WorkerLogger, lines: readonly LogLine[]): void {
  const methods = logger as unknown as Record<string, ((...args: readonly unknown[]) => void) | undefined>;
  for (const { level, args } of lines) {
    try {
      // Loggers often have no `log`.
      if (level === 'log' && typeof methods['log'] !== 'function') methods['info']?.(...args);
      else methods[level]?.(...args);
    } catch {}
  }
}
