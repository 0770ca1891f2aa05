import type { Body, Bucket, Store } from './store.ts';

/** Keeps everything in this process, until it ends. */
export class MemoryStore implements Store {
  load(): readonly Bucket[] {
    return [];
  }

  keep(bytes: Buffer): Body {
    return new MemoryBody([bytes]);
  }

  concat(bodies: readonly Body[]): Body {
    return new MemoryBody(bodies.flatMap((body) => (body as MemoryBody).buffers));
  }

  share(body: Body): Body {
    return body;
  }

  release(): void {}
  saveBucket(): void {}
  removeBucket(): void {}
  save(): void {}
  remove(): void {}
}

class MemoryBody implements Body {
  readonly buffers: readonly Buffer[];
  readonly size: number;

  constructor(buffers: readonly Buffer[]) {
    this.buffers = buffers;
    this.size = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
  }

  read(start: number, end: number): readonly Buffer[] {
    if (start === 0 && end === this.size) return this.buffers;
    const found: Buffer[] = [];
    let offset = 0;
    for (const buffer of this.buffers) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, buffer.length);
      if (from < to) found.push(buffer.subarray(from, to));
      offset += buffer.length;
    }
    return found;
  }

  slice(start: number, end: number): Body {
    return new MemoryBody(this.read(start, end));
  }
}
