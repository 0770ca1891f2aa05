import { types } from 'node:util';
import { isMarkedAsUntransferable } from 'node:worker_threads';

/** Levels of nesting that can be sent: V8 recurses, and has less stack on the main thread than in a worker. */
const MAX_DEPTH = 500;

/**
 * The ArrayBuffers in a value that can be moved to another thread instead of being copied: those in plain objects, arrays, maps
 * and sets. A view of a part of its buffer, as a small `Buffer` from Node's pool is, is left to be copied: moving would take
 * the other parts along.
 *
 * @throws {DOMException} `DataCloneError`, where the value cannot cross a thread boundary: posting it from a thread would end the
 * thread.
 */
export function collectBuffers(value: unknown, buffers: Set<ArrayBuffer>): void {
  new BufferCollector(buffers).visit(value, 0);
}

/** Of inputs that are to be moved. What cannot be sent at all is found out when it is sent. */
export function buffersOf(inputs: readonly unknown[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  try {
    collectBuffers(inputs, buffers);
  } catch {}
  return [...buffers];
}

/** Whether a buffer in a value that was sent has been moved, so that it cannot be sent again. */
export function isMoved(input: unknown): boolean {
  try {
    collectBuffers(input, new Set());
    return false;
  } catch {
    return true;
  }
}

class BufferCollector {
  readonly #buffers: Set<ArrayBuffer>;
  #seen: Set<object> | undefined;

  constructor(buffers: Set<ArrayBuffer>) {
    this.#buffers = buffers;
  }

  visit(value: unknown, depth: number): void {
    if (typeof value === 'function') throw notCloneable(`the function ${value.name || '(anonymous)'}`);
    if (typeof value === 'symbol') throw notCloneable(String(value));
    if (typeof value !== 'object' || value === null) return;
    if (types.isProxy(value)) throw notCloneable('a Proxy');
    if (types.isArgumentsObject(value)) throw notCloneable('an arguments object');
    if (value instanceof ArrayBuffer) this.#add(value);
    else if (ArrayBuffer.isView(value)) {
      const { buffer, byteLength } = value;
      if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) this.#add(buffer);
    } else this.#visitInside(value, depth);
  }

  #visitInside(value: object, depth: number): void {
    if (this.#seen?.has(value)) return;
    this.#seen ??= new Set();
    this.#seen.add(value);
    if (depth === MAX_DEPTH) throw tooDeep();
    const prototype: unknown = Object.getPrototypeOf(value);
    if (Array.isArray(value)) {
      for (const element of value) if (!isPrimitive(element)) this.visit(element, depth + 1);
    } else if (prototype === Object.prototype || prototype === null) {
      const record = value as Record<string, unknown>;
      for (const key of Object.keys(record)) {
        const field = record[key];
        if (!isPrimitive(field)) this.visit(field, depth + 1);
      }
    } else if (value instanceof Map) {
      for (const [key, entry] of value) {
        this.visit(key, depth + 1);
        this.visit(entry, depth + 1);
      }
    } else if (value instanceof Set) {
      for (const entry of value) this.visit(entry, depth + 1);
    } else if (!types.isSharedArrayBuffer(value)) {
      if (value instanceof Error && depth + causeCount(value) > MAX_DEPTH) throw tooDeep();
      // Anything else, which is rare, is tried.
      structuredClone(value);
      for (const field of Object.values(value)) this.visit(field, depth + 1);
    }
  }

  #add(buffer: ArrayBuffer): void {
    if (buffer.detached) throw notCloneable('an ArrayBuffer that is detached');
    if (!isMarkedAsUntransferable(buffer)) this.#buffers.add(buffer);
  }
}

function isPrimitive(value: unknown): boolean {
  return (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol') || value === null;
}

/** The causes of an error are nested as well, and not among its keys. */
function causeCount(error: Error): number {
  let count = 0;
  for (let { cause } = error; cause instanceof Error && count <= MAX_DEPTH; { cause } = cause) count += 1;
  return count;
}

function tooDeep(): DOMException {
  return notCloneable(`what is nested more than ${MAX_DEPTH} levels deep`);
}

function notCloneable(what: string): DOMException {
  return new DOMException(`${what} could not be cloned.`, 'DataCloneError');
}
