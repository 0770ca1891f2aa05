import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { attempt } from '../s3/attempt.ts';

export interface ListedObject {
  readonly key: string;
  readonly byteCount: number;
}

/** The objects under a prefix, page by page as they are needed. Remembers how far it came. */
export class LogListing {
  listedCount = 0;
  isComplete = false;
  /** Why it ended early. Kept instead of thrown: what was listed until then is to be analysed. */
  failure: unknown;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #signal: AbortSignal;

  constructor(client: S3Client, { bucket, prefix, signal }: { bucket: string; prefix: string; signal: AbortSignal }) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#signal = signal;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ListedObject> {
    const pages = paginateListObjectsV2(
      { client: this.#client },
      // XML cannot hold every character of a key.
      { Bucket: this.#bucket, Prefix: this.#prefix, EncodingType: 'url' },
      { abortSignal: this.#signal },
    );
    const request = {
      what: `list s3://${this.#bucket}/${this.#prefix}`,
      nextStep: "check the bucket, and s3:ListBucket of the function's role",
      signal: this.#signal,
    };
    while (true) {
      const page = await attempt(request, () => pages.next()).catch((error: unknown) => {
        this.failure = error;
      });
      if (page === undefined) return;
      if (page.done) break;
      for (const { Key: key = '', Size: byteCount = 0 } of page.value.Contents ?? []) {
        // The empty `folder/` markers of consoles.
        if (byteCount === 0 && key.endsWith('/')) continue;
        this.listedCount += 1;
        yield { key: decodeURIComponent(key.replaceAll('+', ' ')), byteCount };
      }
    }
    this.isComplete = true;
  }
}
