/** What an action describes, and how its filters read it. */
export interface ResourceKind<Resource> {
  /** As in `InstanceId.1`. */
  readonly idName: string;
  /** As EC2 names the list of IDs in its messages: `instancesSet`, `volumeSet`. */
  readonly idSetName: string;
  readonly maxResults: { readonly most: number; readonly isClamped: boolean };
  /** @throws {ServiceError} If the ID is none of this kind. */
  assertWellFormed(id: string): void;
  /** @throws {ServiceError} That EC2 answers with when these IDs do not exist. */
  notFound(ids: readonly string[]): Error;
  /** By filter name. A resource passes when any of the values it gives matches. */
  readonly filters: Readonly<Record<string, FilterReader<Resource>>>;
  tagsOf(resource: Resource): Readonly<Record<string, string>>;
}

export type FilterReader<Resource> = (resource: Resource) => string | readonly string[] | undefined;

/** Resources in the order in which they are paged. */
export interface ResourceTable<Resource> {
  readonly kind: ResourceKind<Resource>;
  readonly resources: readonly Resource[];
  readonly byId: ReadonlyMap<string, readonly number[]>;
  /** By filter name, then by exact value: ascending positions in `resources`. A filter without an index is answered by a scan. */
  readonly indexes: Readonly<Record<string, ReadonlyMap<string, readonly number[]>>>;
}
