import type { BucketNotification } from '../model.ts';
import { asMap, itemsOf, oneOf, onlyKeys, required, textOf } from '../source/read-value.ts';
import { shown } from '../source/shown.ts';
import type { Value } from '../source/template-node.ts';
import { ProblemAt } from '../template-error.ts';

const EVENTS = ['*', 'Put', 'Post', 'Copy', 'CompleteMultipartUpload'].map((event) => `s3:ObjectCreated:${event}`);

/** What is told of new objects, whoever is told: the same words in a function's S3 event and in a bucket's configuration. */
export type Subject = Pick<BucketNotification, 'events' | 'prefix' | 'suffix'>;

/** @param events - One or a list. @throws {ProblemAt} */
export function subjectOf(events: Value, filter: Value | undefined): Subject {
  const items = events.kind === 'list' ? itemsOf(events) : [events];
  return { events: items.map((event) => oneOf(event, EVENTS)), ...affixesOf(filter) };
}

function affixesOf(filter: Value | undefined): Pick<Subject, 'prefix' | 'suffix'> {
  const affixes = { prefix: '', suffix: '' };
  if (filter === undefined) return affixes;
  onlyKeys(asMap(filter), ['S3Key']);
  const key = asMap(required(asMap(filter), 'S3Key'));
  onlyKeys(key, ['Rules']);
  for (const rule of itemsOf(required(key, 'Rules')).map((item) => asMap(item))) {
    onlyKeys(rule, ['Name', 'Value']);
    const name = required(rule, 'Name');
    const affix = textOf(name).toLowerCase();
    if (affix !== 'prefix' && affix !== 'suffix')
      throw new ProblemAt(name, `must be prefix or suffix: ${shown(name)}; S3 has no other rule`);
    affixes[affix] = textOf(required(rule, 'Value'));
  }
  return affixes;
}
