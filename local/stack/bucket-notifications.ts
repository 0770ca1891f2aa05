import { type ObjectCreated, objectCreatedNotification } from '../s3/object-created.ts';
import type { BucketNotification, TemplateModel } from '../template/model.ts';

/**
 * Starts the functions that the template wants started for new objects, as S3 does: one event per object.
 *
 * @param invokeAsync - May throw: the object is there all the same.
 */
export function bucketNotifications(
  { buckets, functions }: Pick<TemplateModel, 'buckets' | 'functions'>,
  invokeAsync: (functionName: string, payload: string) => void,
  onError: (message: string) => void,
): (created: ObjectCreated) => void {
  const byBucket = new Map(buckets.map(({ bucketName, notifications }) => [bucketName, notifications]));
  const functionNames = new Map(functions.map(({ logicalId, functionName }) => [logicalId, functionName]));
  return (created) => {
    for (const notification of byBucket.get(created.bucketName) ?? []) {
      const functionName = functionNames.get(notification.functionLogicalId);
      if (functionName === undefined || !isAbout(notification, created)) continue;
      const name = notification.qualifier === undefined ? functionName : `${functionName}:${notification.qualifier}`;
      try {
        invokeAsync(name, JSON.stringify(objectCreatedNotification(created, notification.functionLogicalId)));
      } catch (error) {
        onError(`${name} was not started for s3://${created.bucketName}/${created.key}: ${error}`);
      }
    }
  };
}

function isAbout({ events, prefix, suffix }: BucketNotification, { key, creation }: ObjectCreated): boolean {
  const isWanted = events.some((event) => event === 's3:ObjectCreated:*' || event === `s3:ObjectCreated:${creation}`);
  return isWanted && key.startsWith(prefix) && key.endsWith(suffix);
}
