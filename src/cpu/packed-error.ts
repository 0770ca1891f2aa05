import { inspect, types } from 'node:util';
import { NotCloneableError, WorkerThrewError } from '../errors.ts';
import type { Packed, PackedError, PackedRejection } from './protocol.ts';
import { collectBuffers } from './transferables.ts';

/** Errors that one error may consist of, with its causes and fields. Of what is beyond, only name, message and stack are kept. */
const MAX_ERRORS = 50;

/** Fields of an error that have a place of their own in a {@link PackedError}. */
const PLACED_FIELDS: ReadonlySet<string> = new Set(['name', 'message', 'stack', 'cause']);

/** Those that `instanceof` is to know again. */
const BUILT_IN_CLASSES: ReadonlyMap<string, ErrorConstructor> = new Map(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((builtIn) => [builtIn.name, builtIn]),
);

/** For the thread: makes data of what a worker threw, whatever it is. */
export function pack(thrown: unknown): Packed {
  return new ErrorPacker().pack(thrown);
}

class ErrorPacker {
  readonly #packed = new Set<unknown>();

  pack(thrown: unknown): Packed {
    try {
      if (!isError(thrown)) return { kind: 'value', value: cloneable(thrown) };
      const isWhole = this.#packed.size < MAX_ERRORS && !this.#packed.has(thrown);
      this.#packed.add(thrown);
      return this.#packError(thrown as Error & Record<string, unknown>, isWhole);
    } catch {
      return { kind: 'value', value: asText(thrown) };
    }
  }

  /** @param isWhole - Else without what it refers to, which may be itself. */
  #packError(error: Error & Record<string, unknown>, isWhole: boolean): PackedError {
    const stack = read(error, 'stack');
    const own = isWhole ? ownFields(error) : [];
    const errors = error instanceof AggregateError ? read(error, 'errors') : undefined;
    return {
      kind: 'error',
      name: nameOf(error),
      base: baseOf(error),
      message: asText(read(error, 'message')),
      stack: typeof stack === 'string' ? stack : undefined,
      own: own.map((key) => [key, this.pack(read(error, key))] as const),
      ...(isWhole && 'cause' in error && { cause: this.pack(read(error, 'cause')) }),
      ...(isWhole && Array.isArray(errors) && { errors: errors.map((reason) => this.pack(reason)) }),
    };
  }
}

/**
 * For the caller: an error with the class name, `code`, message, stack, cause and own fields that it had in its thread. Built-in
 * classes are themselves again; of others there is the name, and the built-in class they extend.
 */
export function reasonOf({ reason, isNotCloneable }: PackedRejection, workerName: string, index: number): unknown {
  const cause = unpack(reason);
  if (isNotCloneable) return new NotCloneableError(`return what ${workerName} made of item ${index}`, { cause });
  return reason.kind === 'error' ? cause : new WorkerThrewError(workerName, { cause });
}

function unpack(packed: Packed): unknown {
  return packed.kind === 'error' ? unpackError(packed) : packed.value;
}

function unpackError({ name, base, message, stack, cause, errors, own }: PackedError): Error {
  const options = cause === undefined ? undefined : { cause: unpack(cause) };
  const error =
    errors === undefined
      ? new (BUILT_IN_CLASSES.get(base) ?? Error)(message, options)
      : new AggregateError(errors.map(unpack), message, options);
  if (error.name !== name) define(error, 'name', name, false);
  if (stack !== undefined) define(error, 'stack', stack, false);
  for (const [key, value] of own) define(error, key, unpack(value), true);
  return error;
}

/** Defined, not assigned: a field may be called `__proto__`. */
function define(error: Error, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { configurable: true, writable: true, enumerable, value });
}

function isError(value: unknown): value is Error {
  // Of another realm as well, as those of `vm` are.
  return types.isNativeError(value) || value instanceof Error;
}

/** A class that sets no `name` is still told apart by its own. */
function nameOf(error: Error): string {
  const name = read(error, 'name');
  if (typeof name !== 'string') return name === undefined ? 'Error' : asText(name);
  const className = (read(error, 'constructor') as { name?: unknown } | undefined)?.name;
  return BUILT_IN_CLASSES.has(name) && typeof className === 'string' && className !== '' ? className : name;
}

/** The built-in class that it extends. */
function baseOf(error: Error): string {
  for (let prototype: object | null = error; prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    const { name } = (read(prototype, 'constructor') ?? {}) as { name?: unknown };
    if (typeof name === 'string' && BUILT_IN_CLASSES.has(name)) return name;
  }
  return 'Error';
}

/** `code` counts wherever it is: classes like to have it on the prototype. */
function ownFields(error: Error): string[] {
  // Methods are no data, and as text a toString() would only spoil String(error).
  const keys = Object.keys(error).filter((key) => !PLACED_FIELDS.has(key) && typeof read(error, key) !== 'function');
  if (error instanceof AggregateError) return keys.filter((key) => key !== 'errors');
  if ('code' in error && !keys.includes('code')) keys.push('code');
  for (const key of ['error', 'suppressed']) if (Object.hasOwn(error, key) && !keys.includes(key)) keys.push(key);
  return keys;
}

/** Getters may throw. */
function read(object: object, key: string): unknown {
  try {
    return (object as Record<string, unknown>)[key];
  } catch (error) {
    return `(cannot be read: ${asText((error as Partial<Error> | undefined)?.message)})`;
  }
}

function cloneable(value: unknown): unknown {
  try {
    collectBuffers(value, new Set());
    return structuredClone(value);
  } catch {
    return asText(value);
  }
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return inspect(value, { depth: 1 });
  } catch {
    return `(${typeof value} that cannot be shown)`;
  }
}
