/** Sub-resources of a bucket and the operations behind them, which begin with a verb. */
const BUCKET: Readonly<Record<string, string>> = {
  abac: 'BucketAbac',
  accelerate: 'BucketAccelerateConfiguration',
  acl: 'BucketAcl',
  analytics: 'BucketAnalyticsConfiguration',
  cors: 'BucketCors',
  encryption: 'BucketEncryption',
  'intelligent-tiering': 'BucketIntelligentTieringConfiguration',
  inventory: 'BucketInventoryConfiguration',
  lifecycle: 'BucketLifecycleConfiguration',
  logging: 'BucketLogging',
  metadataAnnotationTable: 'BucketMetadataAnnotationTableConfiguration',
  metadataConfiguration: 'BucketMetadataConfiguration',
  metadataInventoryTable: 'BucketMetadataInventoryTableConfiguration',
  metadataJournalTable: 'BucketMetadataJournalTableConfiguration',
  metadataTable: 'BucketMetadataTableConfiguration',
  metrics: 'BucketMetricsConfiguration',
  notification: 'BucketNotificationConfiguration',
  'object-lock': 'ObjectLockConfiguration',
  ownershipControls: 'BucketOwnershipControls',
  policy: 'BucketPolicy',
  policyStatus: 'BucketPolicyStatus',
  publicAccessBlock: 'PublicAccessBlock',
  replication: 'BucketReplication',
  requestPayment: 'BucketRequestPayment',
  tagging: 'BucketTagging',
  versioning: 'BucketVersioning',
  website: 'BucketWebsite',
};

const OBJECT: Readonly<Record<string, string>> = {
  acl: 'ObjectAcl',
  annotation: 'ObjectAnnotation',
  encryption: 'ObjectEncryption',
  'legal-hold': 'ObjectLegalHold',
  retention: 'ObjectRetention',
  tagging: 'ObjectTagging',
  torrent: 'ObjectTorrent',
};

/** Those whose name is not a verb and the sub-resource. */
const WHOLE: Readonly<Record<string, string>> = {
  attributes: 'GetObjectAttributes',
  renameObject: 'RenameObject',
  restore: 'RestoreObject',
  select: 'SelectObjectContent',
  session: 'CreateSession',
  versions: 'ListObjectVersions',
};

const VERBS: Readonly<Record<string, string>> = { GET: 'Get', HEAD: 'Get', PUT: 'Put', POST: 'Create', DELETE: 'Delete' };

/** Those that are put with another verb. */
const UPDATED: ReadonlySet<string> = new Set([
  'BucketMetadataAnnotationTableConfiguration',
  'BucketMetadataInventoryTableConfiguration',
  'BucketMetadataJournalTableConfiguration',
  'ObjectEncryption',
]);

/** Those of which there are several, with the parameter that names one: without it, a GET lists them. */
const SEVERAL: Readonly<Record<string, string>> = {
  analytics: 'id',
  annotation: 'annotationName',
  'intelligent-tiering': 'id',
  inventory: 'id',
  metrics: 'id',
};

export type Level = 'service' | 'bucket' | 'object';

/** The name of the operation, if a sub-resource in the query means one that is not implemented. */
export function unsupportedOperation(method: string, level: Level, query: URLSearchParams): string | undefined {
  if (level === 'service') return undefined;
  const names = level === 'bucket' ? BUCKET : OBJECT;
  for (const parameter of query.keys()) {
    const noun = Object.hasOwn(names, parameter) ? names[parameter] : undefined;
    if (noun !== undefined) return nameOf(method, parameter, noun, query);
    if (Object.hasOwn(WHOLE, parameter)) return WHOLE[parameter];
  }
  // A browser's form upload has no query of its own.
  return level === 'bucket' && method === 'POST' && !query.has('delete') ? 'PostObject' : undefined;
}

function nameOf(method: string, parameter: string, noun: string, query: URLSearchParams): string {
  if (method === 'GET' && Object.hasOwn(SEVERAL, parameter) && !query.has(SEVERAL[parameter] ?? '')) return `List${noun}s`;
  if (method === 'DELETE' && parameter === 'lifecycle') return 'DeleteBucketLifecycle';
  if (method === 'PUT' && UPDATED.has(noun)) return `Update${noun}`;
  return `${VERBS[method] ?? method}${noun}`;
}
