import type { BucketModel, BucketNotification } from '../model.ts';
import { readProperties } from '../property-reader.ts';
import type { Resource } from '../resource.ts';
import { asMap, itemsOf, onlyKeys, required, textOf } from '../source/read-value.ts';
import { shown } from '../source/shown.ts';
import type { Value } from '../source/template-node.ts';
import type { StackScope } from '../stack-scope.ts';
import { ProblemAt, type Problems } from '../template-error.ts';
import { subjectOf } from './read-notifications.ts';

/** A function that is to be started, as an ARN names it. */
export type Target = Pick<BucketNotification, 'functionLogicalId' | 'qualifier'>;

/**
 * @param targets - Functions and their aliases, by ARN.
 * @param fromEvents - The notifications that are written as events of functions, by the bucket's name.
 */
export function readBucket(
  resource: Resource,
  scope: StackScope,
  {
    targets,
    fromEvents,
  }: { targets: ReadonlyMap<string, Target>; fromEvents: ReadonlyMap<string, readonly BucketNotification[]> },
  problems: Problems,
): BucketModel {
  const properties = readProperties(resource, scope, problems);
  const bucketName = problems.attempt(() => scope.physicalName(resource)) ?? '';
  const own = properties.read('NotificationConfiguration', [], (value) => notificationsOf(value, targets));
  return { logicalId: resource.logicalId, bucketName, notifications: [...own, ...(fromEvents.get(bucketName) ?? [])] };
}

function notificationsOf(value: Value, targets: ReadonlyMap<string, Target>): BucketNotification[] {
  const configuration = asMap(value);
  onlyKeys(configuration, ['LambdaConfigurations']);
  return itemsOf(required(configuration, 'LambdaConfigurations')).map((item) => {
    const notification = asMap(item);
    onlyKeys(notification, ['Event', 'Filter', 'Function']);
    const arn = required(notification, 'Function');
    const target = targets.get(textOf(arn));
    if (target === undefined) {
      throw new ProblemAt(arn, `must be the ARN of a function of this template: ${shown(arn)}; write !GetAtt Function.Arn`);
    }
    return { ...target, ...subjectOf(required(notification, 'Event'), notification.entries.get('Filter')) };
  });
}
