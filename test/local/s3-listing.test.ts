import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listPage } from '../../local/s3/list-page.ts';
import { MemoryStore } from '../../local/s3/memory-store.ts';
import { fromBytes, SortedKeys, toBytes } from '../../local/s3/sorted-keys.ts';
import { Bucket } from '../../local/s3/store.ts';

const store = new MemoryStore();

function bucketWith(keys: Iterable<string>): Bucket {
  const bucket = new Bucket('bucket', 'us-east-1', 0);
  for (const key of keys) {
    bucket.set({ key, body: store.keep(Buffer.alloc(0)), etag: '"0"', lastModifiedMs: 0, headers: {} });
  }
  return bucket;
}

function allPages(bucket: Bucket, prefix: string, delimiter: string, maxKeys: number) {
  const found = { keys: [] as string[], commonPrefixes: [] as string[], pageCount: 0 };
  let after = '';
  for (;;) {
    const page = listPage(bucket, { prefix, delimiter, after, maxKeys });
    found.keys.push(...page.objects.map(({ key }) => key));
    found.commonPrefixes.push(...page.commonPrefixes);
    found.pageCount += 1;
    if (!page.isTruncated) return found;
    after = page.last;
  }
}

const byteOrder = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const keyText = fc.string({ unit: fc.constantFrom('a', 'b', '/', 'ü', '～', '😀', '\u{10ffff}'), minLength: 1, maxLength: 6 });

test('SortedKeys keeps the order of UTF-8 bytes through additions and removals', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(keyText, fc.boolean()), { maxLength: 200 }), keyText, (steps, start) => {
      const keys = new SortedKeys();
      const model = new Set<string>();
      for (const [key, isAdded] of steps) {
        if (isAdded) {
          keys.add(toBytes(key));
          model.add(key);
        } else {
          keys.delete(toBytes(key));
          model.delete(key);
        }
      }
      const sorted = [...model].sort(byteOrder);
      expect([...keys.from('')].map(fromBytes)).toEqual(sorted);
      const expected = sorted.filter((key) => byteOrder(key, start) >= 0);
      expect([...keys.from(toBytes(start))].map(fromBytes)).toEqual(expected);
    }),
  );
});

test('listPage() finds each key and each common prefix once, whatever the size of the page', () => {
  const input = fc.record({
    keys: fc.uniqueArray(keyText, { maxLength: 40 }),
    prefix: fc.constantFrom('', 'a', 'a/', 'ü'),
    delimiter: fc.constantFrom('', '/', 'ü', 'a/'),
    maxKeys: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(input, ({ keys, prefix, delimiter, maxKeys }) => {
      const wanted = { keys: [] as string[], commonPrefixes: new Set<string>() };
      for (const key of keys.toSorted(byteOrder)) {
        if (!key.startsWith(prefix)) continue;
        const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
        if (at < 0) wanted.keys.push(key);
        else wanted.commonPrefixes.add(key.slice(0, at + delimiter.length));
      }
      const found = allPages(bucketWith(keys), prefix, delimiter, maxKeys);
      expect(found.keys).toEqual(wanted.keys);
      expect(found.commonPrefixes).toEqual([...wanted.commonPrefixes]);
    }),
  );
});

test('listPage() goes through 100,000 keys, and past whole folders of them', () => {
  const keys = Array.from({ length: 100_000 }, (_, index) => `folder-${index % 10}/${String(index).padStart(6, '0')}`);
  const bucket = bucketWith(keys);
  const all = allPages(bucket, '', '', 1000);
  expect(all.pageCount).toBe(100);
  expect(all.keys).toEqual(keys.toSorted());
  expect(allPages(bucket, '', '/', 1000)).toEqual({
    keys: [],
    commonPrefixes: Array.from({ length: 10 }, (_, index) => `folder-${index}/`),
    pageCount: 1,
  });
});
