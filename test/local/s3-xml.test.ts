import { createHash } from 'node:crypto';
import {
  CreateMultipartUploadCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startEmbeddedS3 } from '../helpers/embedded-s3.ts';
import { type RawAnswer, rawRequest } from '../helpers/raw-http.ts';

function expectMalformed({ status, body }: RawAnswer): void {
  expect(body).toContain('<Code>MalformedXML</Code>');
  expect(status).toBe(400);
}

test.each([
  ['no XML', 'Delete'],
  [
    'an external entity',
    '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><Delete><Object><Key>&e;</Key></Object></Delete>',
  ],
  ['an entity of its own', '<!DOCTYPE a [<!ENTITY e "k">]><Delete><Object><Key>&e;</Key></Object></Delete>'],
  ['an element named constructor', '<Delete><constructor>x</constructor><Object><Key>k</Key></Object></Delete>'],
  ['an element named __proto__', '<Delete><__proto__>x</__proto__><Object><Key>k</Key></Object></Delete>'],
  ['deep nesting', `<Delete><Object><Key>k</Key></Object>${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}</Delete>`],
  ['two roots', '<Delete><Object><Key>k</Key></Object></Delete><Delete><Object><Key>k</Key></Object></Delete>'],
  ['a key twice', '<Delete><Object><Key>k</Key><Key>l</Key></Object></Delete>'],
  ['an element as key', '<Delete><Object><Key><a>k</a></Key></Object></Delete>'],
  ['text as object', '<Delete><Object>k</Object></Delete>'],
  ['a good key before a bad one', '<Delete><Object><Key>k</Key></Object><Object><Key><a/></Key></Object></Delete>'],
  ['two ETags', '<Delete><Object><Key>k</Key><ETag>*</ETag><ETag>*</ETag></Object></Delete>'],
  ['Quiet twice', '<Delete><Quiet>true</Quiet><Quiet>true</Quiet><Object><Key>k</Key></Object></Delete>'],
])('DeleteObjects with %s is malformed, and nothing is deleted', async (_what, body) => {
  await using scene = await startEmbeddedS3();
  await scene.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: 'x' }));
  const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
  expectMalformed(await rawRequest(scene.url, { method: 'POST', path: '/bucket?delete', headers, body }));
  await scene.s3.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'k' }));
});

test.each([
  ['two ETags', '<Part><PartNumber>1</PartNumber><ETag>a</ETag><ETag>b</ETag></Part>'],
  ['two part numbers', '<Part><PartNumber>1</PartNumber><PartNumber>1</PartNumber><ETag>a</ETag></Part>'],
  ['an element as ETag', '<Part><PartNumber>1</PartNumber><ETag><a/></ETag></Part>'],
  ['two checksums', '<Part><PartNumber>1</PartNumber><ETag>ETAG</ETag><ChecksumCRC32>a</ChecksumCRC32><ChecksumCRC32/></Part>'],
  ['text as part', '<Part>1</Part>'],
  ['no part', ''],
])('CompleteMultipartUpload with %s is malformed', async (_what, parts) => {
  await using scene = await startEmbeddedS3();
  const target = { Bucket: 'bucket', Key: 'k' };
  const { UploadId } = await scene.s3.send(new CreateMultipartUploadCommand(target));
  const { ETag = '' } = await scene.s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'x' }));
  const body = `<CompleteMultipartUpload>${parts.replace('ETAG', ETag)}</CompleteMultipartUpload>`;
  expectMalformed(await rawRequest(scene.url, { method: 'POST', path: `/bucket/k?uploadId=${UploadId}`, body }));
});

test.each(['<LocationConstraint><a/></LocationConstraint>', '<LocationConstraint>a</LocationConstraint>'.repeat(2)])(
  'CreateBucket with %s is malformed, and there is no bucket',
  async (constraint) => {
    await using scene = await startEmbeddedS3();
    const body = `<CreateBucketConfiguration>${constraint}</CreateBucketConfiguration>`;
    expectMalformed(await rawRequest(scene.url, { method: 'PUT', path: '/other-bucket', body }));
    await expect(scene.s3.send(new HeadBucketCommand({ Bucket: 'other-bucket' }))).rejects.toMatchObject({ name: 'NotFound' });
  },
);
