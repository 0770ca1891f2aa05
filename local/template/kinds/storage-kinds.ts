import { FOR_PEOPLE, NO_ENCRYPTION, NO_POLICIES, type ResourceKind, withoutEffect } from './resource-kind.ts';

export const BUCKET: ResourceKind = {
  naming: {
    property: 'BucketName',
    maxLength: 63,
    isLowerCase: true,
    pattern: /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/,
    inWords: 'at least 3 of a-z, 0-9, . and -',
  },
  attributes: {
    Arn: ({ physicalName }) => `arn:aws:s3:::${physicalName}`,
    DomainName: ({ physicalName }) => `${physicalName}.s3.amazonaws.com`,
    RegionalDomainName: ({ physicalName, region }) => `${physicalName}.s3.${region}.amazonaws.com`,
  },
  properties: {
    BucketName: 'read',
    NotificationConfiguration: 'read',
    BucketEncryption: NO_ENCRYPTION,
    PublicAccessBlockConfiguration: NO_POLICIES,
    OwnershipControls: NO_POLICIES,
    LifecycleConfiguration: withoutEffect('nothing lives for days here'),
    IntelligentTieringConfigurations: withoutEffect('nothing lives for days here'),
    MetricsConfigurations: withoutEffect('there is no CloudWatch here'),
    LoggingConfiguration: withoutEffect('calls are not logged to a bucket here'),
    Tags: FOR_PEOPLE,
  },
};

export const BUCKET_POLICY: ResourceKind = {
  naming: { maxLength: 255, pattern: /^/, inWords: 'any' },
  attributes: {},
  properties: { Bucket: NO_POLICIES, PolicyDocument: NO_POLICIES },
};

/** There is no SQS here: what Lambda would put in it is in the log. */
export const QUEUE: ResourceKind = {
  naming: { property: 'QueueName', maxLength: 80, pattern: /^[\w-]+(\.fifo)?$/, inWords: 'letters, digits, - and _' },
  reference: ({ region, accountId, physicalName }) => `https://sqs.${region}.amazonaws.com/${accountId}/${physicalName}`,
  attributes: {
    Arn: ({ region, accountId, physicalName }) => `arn:aws:sqs:${region}:${accountId}:${physicalName}`,
    QueueName: ({ physicalName }) => physicalName,
  },
  properties: {
    QueueName: 'read',
    MessageRetentionPeriod: withoutEffect('nothing lives for days here'),
    VisibilityTimeout: withoutEffect('there is no SQS here'),
    SqsManagedSseEnabled: NO_ENCRYPTION,
    KmsMasterKeyId: NO_ENCRYPTION,
    Tags: FOR_PEOPLE,
  },
};
