import {
  array,
  check,
  type GenericSchema,
  lazy,
  literal,
  nonEmpty,
  object,
  pipe,
  rawTransform,
  startsWith,
  string,
  transform,
} from 'valibot';

/** Whether an event is meant to come from S3. Whether it is a valid one, {@link uploadNotification} says. */
export function isFromS3(event: unknown): boolean {
  return typeof event === 'object' && event !== null && ('Records' in event || 'Service' in event);
}

/**
 * What S3 sends for new objects, read into their keys.
 *
 * @param bucket - Records of another one are refused: its writers would choose what is read from this one.
 */
export function uploadNotification(bucket: string): GenericSchema<unknown, { keys: string[] }> {
  return lazy((event) => (Object.hasOwn(Object(event), 'Records') ? newObjects(bucket) : testNotification));
}

function newObjects(bucket: string): GenericSchema<unknown, { keys: string[] }> {
  const isBucket = check((name: string) => name === bucket, `Expected ${bucket}, which this function reads`);
  const record = object({
    eventSource: literal('aws:s3'),
    eventName: pipe(string(), startsWith('ObjectCreated:')),
    s3: object({
      bucket: object({ name: pipe(string(), isBucket) }),
      object: object({ key: pipe(string(), nonEmpty(), decoded) }),
    }),
  });
  return pipe(
    object({ Records: array(record) }),
    transform(({ Records: records }) => {
      const keys = records.map(({ s3 }) => s3.object.key);
      // What consoles make of a new folder: an empty object with such a key.
      return { keys: keys.filter((key) => !key.endsWith('/')) };
    }),
  );
}

/** S3 may send it, without records, when a notification is set up. */
const testNotification: GenericSchema<unknown, { keys: string[] }> = pipe(
  object({ Service: literal('Amazon S3'), Event: literal('s3:TestEvent') }),
  transform(() => ({ keys: [] })),
);

/** Keys are encoded as the fields of an HTML form are. */
const decoded = rawTransform<string, string>(({ dataset, addIssue, NEVER }) => {
  try {
    return decodeURIComponent(dataset.value.replaceAll('+', ' '));
  } catch {
    addIssue({ message: `Expected a URL-encoded key but received "${dataset.value}"` });
    return NEVER;
  }
});
