/** Sub-resources of a bucket and the operations behind them, which begin with Get, Put or Delete. */
const BUCKET: Readonly<Record<string, string>> = {
  accelerate: 'BucketAccelerateConfiguration',
  acl: 'BucketAcl',
  analytics: 'BucketAnalyticsConfiguration',
  cors: 'BucketCors',
  encryption: 'BucketEncryption',
  'intelligent-tiering': 'BucketIntelligentTieringConfiguration',
  inventory: 'BucketInventoryConfiguration',
  lifecycle: 'BucketLifecycleConfiguration',
  logging: 'BucketLogging',
  metadataConfiguration: 'BucketMetadataConfiguration',
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

const VERBS: Readonly<Record<string, string>> = { GET: 'Get', HEAD: 'Get', PUT: 'Put', POST: 'Put', DELETE: 'Delete' };

/** The name of the operation, if the request means one that is not implemented. */
export function unsupportedOperation(
  method: string,
  level: 'service' | 'bucket' | 'object',
  query: URLSearchParams,
): string | undefined {
  if (level === 'service') return undefined;
  // A browser's form upload has no query at all.
  if (level === 'bucket' && method === 'POST' && !query.has('delete')) return 'PostObject';
  const names = level === 'bucket' ? BUCKET : OBJECT;
  for (const name of query.keys()) {
    if (Object.hasOwn(names, name)) return `${VERBS[method] ?? method}${names[name]}`;
    if (Object.hasOwn(WHOLE, name)) return WHOLE[name];
  }
  return undefined;
}
