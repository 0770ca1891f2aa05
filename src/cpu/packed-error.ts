import { inspect } from 'node:util';
import { NotCloneableError, WorkerThrewError } from '../errors.ts';
import type { Packed, PackedError, PackedRejection } from './protocol.ts';
import { collectBuffers } from './transferables.ts';

/** Causes of causes, beyond which only their text is kept. */
const MAX_DEPTH = 8;

/** Fields of an error that have a place of their own in a {@link PackedError}. */
const PLACED_FIELDS: ReadonlySet<string> = new Set(['name', 'message', 'stack', 'cause', 'errors']);

/** Those that `instanceof` is to know again. */
const BUILT_IN_CLASSES: Readonly<Record<string, ErrorConstructor>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** For the thread: makes data of what a worker threw. */
export function pack(thrown: unknown, depth = 0): Packed {
  if (!(thrown instanceof Error)) return { kind: 'value', value: cloneable(thrown) };
  if (depth > MAX_DEPTH) return { kind: 'value', value: inspect(thrown, { depth: 0 }) };
  const error = thrown as Error & Record<string, unknown>;
  return {
    kind: 'error',
    name: nameOf(error),
    message: String(error.message),
    stack: typeof error.stack === 'string' ? error.stack : undefined,
    own: ownFields(error).map((key) => [key, pack(error[key], depth + 1)] as const),
    ...('cause' in error && { cause: pack(error.cause, depth + 1) }),
    ...(error instanceof AggregateError && { errors: error.errors.map((reason) => pack(reason, depth + 1)) }),
  };
}

/**
 * For the caller: an error with the class name, `code`, message, stack, cause and own fields that it had in its thread. Built-in
 * classes are themselves again; of others there is only the name.
 */
export function reasonOf({ reason, isNotCloneable }: PackedRejection, workerName: string, index: number): unknown {
  const cause = unpack(reason);
  if (isNotCloneable) return new NotCloneableError(`return what ${workerName} made of item ${index}`, { cause });
  return reason.kind === 'error' ? cause : new WorkerThrewError(workerName, { cause });
}

function unpack(packed: Packed): unknown {
  return packed.kind === 'error' ? unpackError(packed) : packed.value;
}

function unpackError({ name, message, stack, cause, errors, own }: PackedError): Error {
  const options = cause === undefined ? undefined : { cause: unpack(cause) };
  const error =
    errors === undefined
      ? new (BUILT_IN_CLASSES[name] ?? Error)(message, options)
      : new AggregateError(errors.map(unpack), message, options);
  if (error.name !== name) define(error, 'name', name);
  if (stack !== undefined) define(error, 'stack', stack);
  for (const [key, value] of own) Object.defineProperty(error, key, { ...FIELD, value: unpack(value), enumerable: true });
  return error;
}

const FIELD = { configurable: true, writable: true };

function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { ...FIELD, value, enumerable: false });
}

/** A class that sets no `name` is still told apart by its own. */
function nameOf(error: Error): string {
  return error.name === 'Error' ? error.constructor?.name || 'Error' : String(error.name);
}

/** `code` counts wherever it is: classes like to have it on the prototype. */
function ownFields(error: Error): string[] {
  const keys = Object.keys(error).filter((key) => !PLACED_FIELDS.has(key));
  return 'code' in error && !keys.includes('code') ? [...keys, 'code'] : keys;
}

function cloneable(value: unknown): unknown {
  try {
    collectBuffers(value, new Set());
    return value;
  } catch {
    return inspect(value, { depth: 2 });
  }
}
