import { ListObjectsCommand, ListObjectsV2Command, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { describeS3, etagOf, expectError, keysOf, put } from '../../helpers/s3-behaviours.ts';

describeS3('S3 listing', (behaviour) => {
  behaviour('ListObjectsV2 lists in the order of UTF-8 bytes', async ({ s3, bucket }) => {
    // U+FF5E is before U+1F600 in UTF-8, after it in UTF-16.
    const keys = ['order/A', 'order/Z', 'order/a', 'order/a!', 'order/a/', 'order/ü', 'order/～', 'order/😀'];
    for (const key of keys.toReversed()) await put(s3, bucket, key, 'x');
    expect(await keysOf(s3, bucket, 'order/')).toEqual(keys);
  });

  behaviour('ListObjectsV2 pages, and each key comes once', async ({ s3, bucket }) => {
    const keys = Array.from({ length: 7 }, (_, index) => `page/${index}`);
    for (const Key of keys) await put(s3, bucket, Key, 'x');
    const pages: (string | undefined)[][] = [];
    for await (const page of paginateListObjectsV2({ client: s3, pageSize: 3 }, { Bucket: bucket, Prefix: 'page/' })) {
      expect(page.KeyCount).toBe(page.Contents?.length);
      pages.push((page.Contents ?? []).map((object) => object.Key));
    }
    expect(pages).toEqual([keys.slice(0, 3), keys.slice(3, 6), keys.slice(6)]);
  });

  behaviour('ListObjectsV2 is not truncated by a page that is exactly full', async ({ s3, bucket }) => {
    for (const key of ['full/1', 'full/2']) await put(s3, bucket, key, 'x');
    const list = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'full/', MaxKeys: 2 }));
    expect(list).toMatchObject({ KeyCount: 2, IsTruncated: false });
    expect(list.NextContinuationToken).toBeUndefined();
    const none = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'full/', MaxKeys: 0 }));
    expect(none).toMatchObject({ KeyCount: 0, IsTruncated: false, MaxKeys: 0 });
  });

  behaviour('ListObjectsV2 rolls keys up at the delimiter, across pages', async ({ s3, bucket }) => {
    for (const key of ['tree/a', 'tree/b/1', 'tree/b/2', 'tree/b/3', 'tree/c', 'tree/d/1']) await put(s3, bucket, key, 'x');
    const found: (string | undefined)[] = [];
    for await (const page of paginateListObjectsV2(
      { client: s3, pageSize: 1 },
      { Bucket: bucket, Prefix: 'tree/', Delimiter: '/' },
    )) {
      expect(page.KeyCount).toBe(1);
      found.push(...(page.Contents ?? []).map(({ Key }) => Key), ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
    }
    expect(found).toEqual(['tree/a', 'tree/b/', 'tree/c', 'tree/d/']);
  });

  behaviour('ListObjectsV2 starts after a key, there or not, and names the owner when asked', async ({ s3, bucket }) => {
    for (const key of ['after/1', 'after/2', 'after/3']) await put(s3, bucket, key, 'x');
    const command = { Bucket: bucket, Prefix: 'after/' };
    const list = await s3.send(new ListObjectsV2Command({ ...command, StartAfter: 'after/1', FetchOwner: true }));
    expect(list.Contents?.map(({ Key }) => Key)).toEqual(['after/2', 'after/3']);
    expect(list.Contents?.[0]?.Owner?.ID).toMatch(/^[0-9a-f]{64}$/);
    const middle = await s3.send(new ListObjectsV2Command({ ...command, StartAfter: 'after/15' }));
    expect(middle.Contents?.map(({ Key }) => Key)).toEqual(['after/2', 'after/3']);
    expect(middle.Contents?.[0]?.Owner).toBeUndefined();
  });

  behaviour(
    'ListObjectsV2 encodes keys as in a URL when asked',
    async ({ s3, bucket }) => {
      await put(s3, bucket, 'encoded/a b+ü', 'x');
      const list = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'encoded/', EncodingType: 'url' }));
      expect(list.Contents?.[0]?.Key).toBe('encoded/a+b%2B%C3%BC');
    },
    { moto: 'a space becomes %20' },
  );

  behaviour('ListObjectsV2 tells ETag, size and storage class', async ({ s3, bucket }) => {
    await put(s3, bucket, 'entry', 'abc');
    const list = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'entry' }));
    expect(list.Contents?.[0]).toMatchObject({ Key: 'entry', Size: 3, ETag: etagOf('abc'), StorageClass: 'STANDARD' });
  });

  behaviour(
    'ListObjectsV2 refuses a continuation token that is none',
    async ({ s3, bucket }) => {
      await expectError(s3.send(new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: 'none' })), 'InvalidArgument', 400);
    },
    { moto: 'its answer is no XML' },
  );

  behaviour(
    'ListObjects, version 1, pages by marker',
    async ({ s3, bucket }) => {
      for (const key of ['v1/a', 'v1/b/1', 'v1/b/2', 'v1/c']) await put(s3, bucket, key, 'x');
      const command = { Bucket: bucket, Prefix: 'v1/', Delimiter: '/', MaxKeys: 2 };
      const first = await s3.send(new ListObjectsCommand(command));
      expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'v1/b/', CommonPrefixes: [{ Prefix: 'v1/b/' }] });
      const second = await s3.send(new ListObjectsCommand({ ...command, Marker: 'v1/b/' }));
      expect(second.Contents?.map(({ Key }) => Key)).toEqual(['v1/c']);
      expect(second.CommonPrefixes).toBeUndefined();
    },
    { moto: 'max-keys does not count common prefixes' },
  );
});
