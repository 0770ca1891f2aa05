import { types } from 'node:util';
import { isMarkedAsUntransferable } from 'node:worker_threads';

/**
 * The ArrayBuffers in a value that can be moved to another thread instead of being copied: those in plain objects, arrays, maps
 * and sets. A view of a part of its buffer, as a small `Buffer` from Node's pool is, is left to be copied: moving would take
 * the other parts along.
 *
 * @throws {DOMException} `DataCloneError`, where the value cannot cross a thread boundary at all: posting it from a thread would end
 * the thread.
 */
export function collectBuffers(value: unknown, buffers: Set<ArrayBuffer>, seen?: Set<object>): void {
  if (typeof value === 'function' || typeof value === 'symbol') throw notCloneable(value);
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof ArrayBuffer) {
    move(value, buffers);
  } else if (ArrayBuffer.isView(value)) {
    const { buffer, byteLength } = value;
    if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) move(buffer, buffers);
  } else if (!seen?.has(value)) {
    collectInside(value, buffers, (seen ?? new Set()).add(value));
  }
}

/** Of inputs that are to be moved. What cannot be sent at all is found out when it is sent. */
export function buffersOf(inputs: readonly unknown[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  try {
    collectBuffers(inputs, buffers);
  } catch {}
  return [...buffers];
}

function collectInside(value: object, buffers: Set<ArrayBuffer>, seen: Set<object>): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) {
    for (const element of value) if (!isPrimitive(element)) collectBuffers(element, buffers, seen);
  } else if (prototype === Object.prototype || prototype === null) {
    const record = value as Record<string, unknown>;
    for (const key of Object.keys(record)) {
      const field = record[key];
      if (!isPrimitive(field)) collectBuffers(field, buffers, seen);
    }
  } else if (value instanceof Map) {
    for (const [key, entry] of value) {
      collectBuffers(key, buffers, seen);
      collectBuffers(entry, buffers, seen);
    }
  } else if (value instanceof Set) {
    for (const entry of value) collectBuffers(entry, buffers, seen);
  } else if (!types.isSharedArrayBuffer(value)) {
    // Anything else, which is rare, is tried.
    structuredClone(value);
  }
}

function isPrimitive(value: unknown): boolean {
  return (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol') || value === null;
}

function move(buffer: ArrayBuffer, buffers: Set<ArrayBuffer>): void {
  if (!buffer.detached && !isMarkedAsUntransferable(buffer)) buffers.add(buffer);
}

function notCloneable(value: unknown): DOMException {
  const what = typeof value === 'function' ? `the function ${value.name || '(anonymous)'}` : String(value);
  return new DOMException(`${what} could not be cloned.`, 'DataCloneError');
}
