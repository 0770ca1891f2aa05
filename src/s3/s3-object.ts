/** One object, read. */
export interface S3Object {
  readonly key: string;
  readonly body: Uint8Array;
  /** In quotes, as S3 gives it. */
  readonly eTag: string | undefined;
  readonly contentType: string | undefined;
  readonly lastModified: Date | undefined;
  /** Set in versioned buckets. */
  readonly versionId: string | undefined;
  /** User metadata, without the `x-amz-meta-` in front. */
  readonly metadata: Readonly<Record<string, string>>;
}
