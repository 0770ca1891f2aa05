import { hash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Body, Bucket, type Store, type StoredObject } from './store.ts';

/** In a folder that a store made: only there may it remove what it does not know. */
const MARKER = 'embedded-s3.json';
const BODY_FILE = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOTHING = Buffer.alloc(0);

/** A piece of a file. Files are never changed, only made and removed. */
interface Segment {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Keeps buckets and objects in a folder, so that they are there again in the next process. Multipart uploads that were not completed
 * are forgotten.
 *
 * `buckets/<name>/bucket.json`, `buckets/<name>/<SHA-256 of the key>.json` and `bodies/<id>`: keys are no file names, since they may hold
 * `..`, `//` and 1,024 bytes. One process at a time.
 */
export class FolderStore implements Store {
  readonly #buckets: string;
  readonly #bodies: string;
  /** How many objects and parts use a file. */
  readonly #uses = new Map<string, number>();

  /** @throws {Error} If the folder has files and none of them says that it is a store's. */
  constructor(folder: string) {
    claim(folder);
    this.#buckets = join(folder, 'buckets');
    this.#bodies = join(folder, 'bodies');
    mkdirSync(this.#buckets, { recursive: true });
    mkdirSync(this.#bodies, { recursive: true });
  }

  load(): readonly Bucket[] {
    // Without its file a bucket was not made to the end, or not removed to the end.
    const names = readdirSync(this.#buckets).filter((name) => existsSync(this.#bucketFile(name)));
    const buckets = names.map((name) => {
      const { region, createdMs } = JSON.parse(readFileSync(this.#bucketFile(name), 'utf8')) as Bucket;
      const bucket = new Bucket(name, region, createdMs);
      for (const file of readdirSync(join(this.#buckets, name))) {
        if (/^[0-9a-f]{64}\.json$/.test(file)) bucket.set(this.#read(join(this.#buckets, name, file)));
      }
      return bucket;
    });
    for (const file of readdirSync(this.#bodies)) {
      if (BODY_FILE.test(file) && !this.#uses.has(file)) rmSync(join(this.#bodies, file));
    }
    return buckets;
  }

  async keep(bytes: Buffer): Promise<Body> {
    const file = randomUUID();
    await writeFile(join(this.#bodies, file), bytes);
    this.#uses.set(file, 1);
    return this.#body([{ file, start: 0, end: bytes.length }]);
  }

  concat(bodies: readonly Body[]): Body {
    return this.#body(bodies.flatMap((body) => (body as FolderBody).segments));
  }

  share(body: Body): Body {
    for (const { file } of (body as FolderBody).segments) this.#uses.set(file, (this.#uses.get(file) ?? 0) + 1);
    return body;
  }

  release(body: Body): void {
    for (const { file } of (body as FolderBody).segments) {
      const left = (this.#uses.get(file) ?? 1) - 1;
      if (left > 0) {
        this.#uses.set(file, left);
        continue;
      }
      this.#uses.delete(file);
      // What cannot be removed now is removed at the next start, as nothing refers to it.
      rm(join(this.#bodies, file), { force: true }).catch(() => {});
    }
  }

  saveBucket({ name, region, createdMs }: Bucket): void {
    mkdirSync(join(this.#buckets, name), { recursive: true });
    replaceFile(this.#bucketFile(name), { region, createdMs });
  }

  removeBucket({ name }: Bucket): void {
    rmSync(join(this.#buckets, name), { recursive: true, force: true });
  }

  save(bucket: Bucket, { body, ...object }: StoredObject): void {
    replaceFile(this.#objectFile(bucket, object.key), { ...object, segments: (body as FolderBody).segments });
  }

  remove(bucket: Bucket, key: string): void {
    rmSync(this.#objectFile(bucket, key), { force: true });
  }

  #read(file: string): StoredObject {
    const { segments, ...object } = JSON.parse(readFileSync(file, 'utf8')) as StoredObject & { segments: Segment[] };
    return { ...object, body: this.share(this.#body(segments)) };
  }

  #body(segments: readonly Segment[]): Body {
    return new FolderBody(this, this.#bodies, segments);
  }

  #bucketFile(name: string): string {
    return join(this.#buckets, name, 'bucket.json');
  }

  #objectFile({ name }: Bucket, key: string): string {
    return join(this.#buckets, name, `${hash('sha256', key, 'hex')}.json`);
  }
}

class FolderBody implements Body {
  readonly segments: readonly Segment[];
  readonly size: number;
  readonly #store: FolderStore;
  readonly #folder: string;

  constructor(store: FolderStore, folder: string, segments: readonly Segment[]) {
    this.#store = store;
    this.#folder = folder;
    this.segments = segments;
    this.size = segments.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  read(start: number, end: number): AsyncGenerator<Buffer> {
    const bytes = this.slice(start, end).#readAll();
    // To its first yield, at once: the files are shared before anybody can remove them, and however the reading ends, `finally` runs.
    void bytes.next();
    return bytes;
  }

  async *#readAll(): AsyncGenerator<Buffer> {
    this.#store.share(this);
    try {
      yield NOTHING;
      for (const { file, start, end } of this.segments) {
        yield* createReadStream(join(this.#folder, file), { start, end: end - 1, highWaterMark: 1024 * 1024 });
      }
    } finally {
      this.#store.release(this);
    }
  }

  slice(start: number, end: number): FolderBody {
    return new FolderBody(this.#store, this.#folder, this.#cut(start, end));
  }

  #cut(start: number, end: number): Segment[] {
    const found: Segment[] = [];
    let offset = 0;
    for (const segment of this.segments) {
      const length = segment.end - segment.start;
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, length);
      if (from < to) found.push({ file: segment.file, start: segment.start + from, end: segment.start + to });
      offset += length;
    }
    return found;
  }
}

/** Makes the folder, if it is not there, and marks it; one that has files and no mark is somebody else's. */
function claim(folder: string): void {
  mkdirSync(folder, { recursive: true });
  if (existsSync(join(folder, MARKER))) return;
  if (readdirSync(folder).length > 0) {
    throw new Error(
      `Cannot keep S3 in the folder ${folder}: it is not empty and has no ${MARKER}, so the files in it are not the embedded S3's; choose an empty folder, or one that is not there yet`,
    );
  }
  writeFileSync(join(folder, MARKER), JSON.stringify({ version: 1 }));
}

/** Synchronously, so that two writes to one key end in the order of their answers; by renaming, so that no half file is ever read. */
function replaceFile(file: string, content: object): void {
  const temporary = `${file}.new`;
  writeFileSync(temporary, JSON.stringify(content));
  renameSync(temporary, file);
}
