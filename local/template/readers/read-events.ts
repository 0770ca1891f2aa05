import type { BucketNotification } from '../model.ts';
import { asMap, entriesOf, onlyKeys, required, textOf } from '../source/read-value.ts';
import { shown } from '../source/shown.ts';
import type { Value } from '../source/template-node.ts';
import { ProblemAt } from '../template-error.ts';
import { type Subject, subjectOf } from './read-notifications.ts';

/** An event of a function that begins in a bucket. */
export interface BucketEvent extends Subject {
  readonly bucketName: string;
}

/**
 * @param bucketNames - Of the buckets of the template.
 * @throws {ProblemAt} If it begins anywhere else.
 */
export function eventsOf(value: Value, bucketNames: ReadonlySet<string>): readonly BucketEvent[] {
  return [...entriesOf(value).values()].map((event) => {
    onlyKeys(asMap(event), ['Type', 'Properties']);
    const type = required(asMap(event), 'Type');
    if (textOf(type) !== 'S3') {
      throw new ProblemAt(
        type,
        `must be S3, which alone starts functions here: ${shown(type)}; invoke the function yourself, and put it behind a condition`,
      );
    }
    const properties = asMap(required(asMap(event), 'Properties'));
    onlyKeys(properties, ['Bucket', 'Events', 'Filter']);
    const bucket = required(properties, 'Bucket');
    const bucketName = textOf(bucket);
    if (!bucketNames.has(bucketName)) {
      throw new ProblemAt(bucket, `must be a bucket of this template: ${shown(bucket)}; write !Ref and its logical id`);
    }
    return { bucketName, ...subjectOf(required(properties, 'Events'), properties.entries.get('Filter')) };
  });
}

/** The events of functions as notifications of their buckets, by the bucket's name. */
export function byBucket(
  events: Iterable<readonly [Pick<BucketNotification, 'functionLogicalId' | 'qualifier'>, readonly BucketEvent[]]>,
): ReadonlyMap<string, readonly BucketNotification[]> {
  const notifications = new Map<string, BucketNotification[]>();
  for (const [target, ofFunction] of events) {
    for (const { bucketName, ...subject } of ofFunction) {
      const known = notifications.get(bucketName) ?? [];
      notifications.set(bucketName, [...known, { ...target, ...subject }]);
    }
  }
  return notifications;
}
