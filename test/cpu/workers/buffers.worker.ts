import { defineWorker } from 'lambda-parallel';

/** What it has returned: it is to be empty afterwards. */
let returned: Uint8Array | undefined;
let counter: Int32Array | undefined;
const pooled = Buffer.from('neighbour');

export type BufferTask =
  | { readonly return: 'large' | 'twice' | 'part' | 'parts' | 'pooled' | 'nested' | 'resizable' | 'counter' | 'instance' }
  | { readonly measure: unknown }
  | { readonly count: SharedArrayBuffer }
  | { readonly give: 'whole' | 'part' | 'parts' | 'instance' | 'words' | 'error'; readonly of: Uint8Array }
  | 'returned'
  | 'counted'
  | 'neighbour';

class Picture {
  readonly pixels: Uint8Array;
  constructor(pixels: Uint8Array) {
    this.pixels = pixels;
  }
}

/** Everything about memory that crosses the boundary. */
export default defineWorker((task: BufferTask): unknown => {
  if (task === 'returned') return returned?.byteLength;
  if (task === 'counted') return counter === undefined ? undefined : Atomics.load(counter, 0);
  if (task === 'neighbour') return pooled.toString();
  if ('measure' in task) return bytesIn(task.measure);
  if ('count' in task) {
    counter = new Int32Array(task.count);
    return Atomics.add(counter, 0, 1);
  }
  if ('give' in task) return give(task);
  switch (task.return) {
    case 'large':
      returned = new Uint8Array(5_000_000).fill(7);
      return returned;
    case 'twice':
      returned = new Uint8Array([1, 2, 3]);
      return { whole: returned, same: returned, words: new Uint8Array(returned.buffer), buffer: returned.buffer };
    case 'part':
      returned = new Uint8Array([1, 2, 3, 4]);
      return returned.subarray(1, 3);
    case 'parts':
      returned = new Uint8Array([1, 2, 3, 4]);
      return [returned.subarray(0, 2), returned.subarray(2)];
    case 'pooled':
      return Buffer.from('pooled');
    case 'nested':
      returned = new Uint8Array([1]);
      return new Map([['list', [new Set([{ bytes: returned }])]]]);
    case 'resizable': {
      const buffer = new ArrayBuffer(2, { maxByteLength: 8 });
      returned = new Uint8Array(buffer);
      returned.set([1, 2]);
      return buffer;
    }
    case 'instance':
      return new Picture(new Uint8Array([7, 8, 9]));
    default:
      counter = new Int32Array(new SharedArrayBuffer(4));
      return counter.buffer;
  }
});

/** Of what came in. */
function give({ give: what, of: bytes }: Extract<BufferTask, { give: string }>): unknown {
  returned = bytes;
  if (what === 'part') return bytes.subarray(1, 3);
  if (what === 'parts') return { head: bytes.subarray(0, 1), tail: [bytes.subarray(1)] };
  if (what === 'instance') return new Picture(bytes);
  if (what === 'words') return new Uint16Array(bytes.buffer);
  if (what === 'error') throw Object.assign(new Error('not readable'), { bytes });
  return bytes;
}

/** The bytes of all buffers and views in a value, in the order in which they are met. */
function bytesIn(value: unknown): number[] {
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return [...new Uint8Array(value)];
  if (ArrayBuffer.isView(value)) return [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)];
  if (value instanceof Map || value instanceof Set) return [...value].flatMap(bytesIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(bytesIn) : [];
}
