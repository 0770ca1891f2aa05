type Line = readonly [level: string, ...args: unknown[]];

/** A logger that keeps what it is given; with the levels of Powertools' `Logger`, unless it is asked for others. */
export function recordingLogger(levels: readonly string[] = ['debug', 'info', 'warn', 'error']) {
  const lines: Line[] = [];
  const methods = levels.map((level) => [level, (...args: unknown[]) => void lines.push([level, ...args])] as const);
  const logger = Object.fromEntries(methods) as Record<'debug' | 'info' | 'warn' | 'error', (...args: unknown[]) => void>;
  return { logger, lines };
}
