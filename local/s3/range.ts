import { ServiceError } from '../endpoint/service.ts';

export interface ByteRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

const SINGLE_RANGE = /^bytes=\s*(\d*)-(\d*)\s*$/;

/**
 * A range of an object of `size` bytes. Several ranges, another unit and nonsense are ignored, as in S3: the answer is the whole object.
 *
 * @throws {ServiceError} `InvalidRange` if no byte of the object is in it
 */
export function parseRange(text: string | undefined, size: number): ByteRange | undefined {
  if (text === undefined) return undefined;
  const [, first, last] = SINGLE_RANGE.exec(text) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    if (length === 0) throw invalidRange(text, size);
    return { start: size - length, end: size };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= size) throw invalidRange(text, size);
  return { start, end: last === '' ? size : Math.min(Number(last) + 1, size) };
}

/** `bytes 0-9/10` */
export function contentRange({ start, end }: ByteRange, size: number): string {
  return `bytes ${start}-${end - 1}/${size}`;
}

function invalidRange(text: string, size: number): ServiceError {
  return new ServiceError(416, 'InvalidRange', 'The requested range is not satisfiable', {
    details: { RangeRequested: text, ActualObjectSize: String(size) },
    headers: { 'Content-Range': `bytes */${size}` },
  });
}
