import { inspect } from 'node:util';

/** Node's timers overflow above this and fire at once. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

/** @throws {TypeError} Names the first key that is not known, and those that are. */
export function onlyKnownKeys(call: string, options: unknown, keys: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Cannot read the options of ${call} as they must be an object: ${shown(options)}`);
  }
  for (const key of Object.keys(options)) {
    if (!keys.includes(key))
      throw new TypeError(`Cannot read the options of ${call}: "${key}" is unknown; known are ${keys.join(', ')}`);
  }
}

/** @throws {TypeError} For what is not a number. @throws {RangeError} For NaN, a fraction, or a number out of bounds. */
export function integer(name: string, value: unknown, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
  const bounds = max === Number.MAX_SAFE_INTEGER ? `>= ${min}` : `from ${min} to ${max}`;
  if (typeof value !== 'number') throw new TypeError(`Cannot use ${name} as it must be an integer ${bounds}: ${shown(value)}`);
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new RangeError(`Cannot use ${name} as it must be an integer ${bounds}: ${value}`);
  }
  return value;
}

export function between(name: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number')
    throw new TypeError(`Cannot use ${name} as it must be a number from ${min} to ${max}: ${shown(value)}`);
  if (!(value >= min && value <= max))
    throw new RangeError(`Cannot use ${name} as it must be a number from ${min} to ${max}: ${value}`);
  return value;
}

export function boolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`Cannot use ${name} as it must be a boolean: ${shown(value)}`);
  return value;
}

/** A value as an error message shows it, whatever it is. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : `${inspect(value, { depth: 0 })} (${typeof value})`;
}

/** @throws {TypeError} For what is no I/O engine, as `context.parallel` itself. */
export function assertIo(call: string, io: unknown): void {
  if (typeof (io as { mapSettled?: unknown } | null | undefined)?.mapSettled !== 'function') {
    throw new TypeError(`Cannot run ${call} as io must be the I/O engine, context.parallel.io or runtime.io: ${shown(io)}`);
  }
}

/** @throws {TypeError} For what is neither absent nor an `AbortSignal`. */
export function assertAbortSignal(signal: unknown): void {
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`Cannot use signal as it must be an AbortSignal: ${shown(signal)}`);
  }
}
