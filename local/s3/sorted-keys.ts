/** Short enough that an insertion moves little memory, long enough that a million keys need few blocks. */
const MAX_BLOCK = 512;

/**
 * Keys in order, for listing: adding, removing and seeking cost microseconds at any size, and nothing is ever sorted again.
 *
 * S3 lists in the order of UTF-8 bytes, JavaScript compares UTF-16 units, and the two differ above U+D7FF. So what is kept here is one
 * character per UTF-8 byte ({@link toBytes}); for an ASCII key that is the key itself.
 */
export class SortedKeys {
  #blocks: string[][] = [];

  add(key: string): void {
    const block = this.#blocks[this.#blockOf(key)] ?? this.#blocks.at(-1);
    if (block === undefined) {
      this.#blocks.push([key]);
      return;
    }
    const at = lowerBound(block, key);
    if (block[at] === key) return;
    block.splice(at, 0, key);
    if (block.length > MAX_BLOCK) this.#blocks.splice(this.#blocks.indexOf(block) + 1, 0, block.splice(MAX_BLOCK / 2));
  }

  delete(key: string): void {
    const index = this.#blockOf(key);
    const block = this.#blocks[index];
    if (block === undefined) return;
    const at = lowerBound(block, key);
    if (block[at] !== key) return;
    block.splice(at, 1);
    if (block.length === 0) this.#blocks.splice(index, 1);
  }

  /** From the first key >= `start`. Not to be used across an addition or a removal. */
  *from(start: string): Generator<string, void, undefined> {
    let index = this.#blockOf(start);
    let at = lowerBound(this.#blocks[index] ?? [], start);
    for (; index < this.#blocks.length; index += 1) {
      const block = this.#blocks[index] ?? [];
      for (; at < block.length; at += 1) yield block[at] as string;
      at = 0;
    }
  }

  /** The first block whose last key is >= `key`; the number of blocks if there is none. */
  #blockOf(key: string): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#blocks[middle]?.at(-1) ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Greater than every key that begins with `prefix`, and less than all greater ones: no byte reaches U+0100. */
export function afterPrefix(prefix: string): string {
  return `${prefix}\u0100`;
}

export function toBytes(key: string): string {
  return Buffer.byteLength(key) === key.length ? key : Buffer.from(key).toString('latin1');
}

export function fromBytes(bytes: string): string {
  return Buffer.byteLength(bytes) === bytes.length ? bytes : Buffer.from(bytes, 'latin1').toString();
}

function lowerBound(block: readonly string[], key: string): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((block[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
