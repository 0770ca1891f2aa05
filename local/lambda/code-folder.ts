import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

export interface CodeDigest {
  /** Base64, as in `CodeSha256`. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** A folder with the built code of a function. What is in it must not change; a new build is a new folder. */
export class CodeFolder {
  /** Absolute. */
  readonly taskRoot: string;
  #digest: Promise<CodeDigest> | undefined;

  constructor(taskRoot: string) {
    this.taskRoot = taskRoot;
  }

  /** Read when first asked for: an invocation does not need it, and sharp alone is 20 MB. */
  digest(): Promise<CodeDigest> {
    this.#digest ??= digestOf(this.taskRoot);
    return this.#digest;
  }
}

/** Of names and contents, and of nothing that differs from one build of the same code to the next. */
async function digestOf(folder: string): Promise<CodeDigest> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for (const file of files.sort()) {
    const name = relative(folder, file).split(sep).join('/');
    let fileBytes = 0;
    hash.update(`${name}\0`);
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      fileBytes += chunk.length;
    }
    // Otherwise the end of one file and the beginning of the next could trade places.
    hash.update(`\0${fileBytes}\0`);
    sizeBytes += fileBytes;
  }
  return { sha256: hash.digest('base64'), sizeBytes };
}
