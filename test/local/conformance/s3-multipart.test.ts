import { createHash, randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import {
  bytesOf,
  describeS3,
  etagOf,
  expectError,
  expectMissing,
  expectStatus,
  put,
  text,
  textOf,
} from '../../helpers/s3-behaviours.ts';

const MIB = 1024 * 1024;
const part5 = randomBytes(5 * MIB);

describeS3('S3 multipart uploads', (behaviour) => {
  behaviour('A multipart upload becomes one object, with the ETag of its parts', async ({ s3, bucket }) => {
    const upload = await startUpload(s3, bucket, 'multi/whole', { ContentType: 'text/multi', Metadata: { a: '1' } });
    const parts = [await upload.part(1, part5), await upload.part(2, Buffer.from('tail'))];
    await expectMissing(s3, bucket, 'multi/whole');
    const listed = await s3.send(new ListPartsCommand(upload.target));
    expect(listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 5 * MIB],
      [2, 4],
    ]);
    const done = await upload.complete(parts);
    const md5s = [part5, Buffer.from('tail')].map((bytes) => createHash('md5').update(bytes).digest());
    expect(done.ETag).toBe(`"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-2"`);
    const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'multi/whole' }));
    expect(got).toMatchObject({ ContentLength: 5 * MIB + 4, ContentType: 'text/multi', Metadata: { a: '1' }, ETag: done.ETag });
    expect(Buffer.from(await bytesOf(got)).equals(Buffer.concat([part5, Buffer.from('tail')]))).toBe(true);
    const across = { Bucket: bucket, Key: 'multi/whole', Range: `bytes=${5 * MIB - 2}-${5 * MIB + 1}` };
    const range = await bytesOf(await s3.send(new GetObjectCommand(across)));
    expect(Buffer.from(range)).toEqual(Buffer.concat([part5.subarray(-2), Buffer.from('ta')]));
  });

  behaviour(
    'GetObject and HeadObject of a part number answer that part and the number of parts',
    async ({ s3, bucket }) => {
      const upload = await startUpload(s3, bucket, 'multi/parts');
      await upload.complete([await upload.part(1, part5), await upload.part(2, Buffer.from('tail'))]);
      const command = { Bucket: bucket, Key: 'multi/parts' };
      const got = await s3.send(new GetObjectCommand({ ...command, PartNumber: 2 }));
      expect(got).toMatchObject({
        PartsCount: 2,
        ContentLength: 4,
        ContentRange: `bytes ${5 * MIB}-${5 * MIB + 3}/${5 * MIB + 4}`,
      });
      expect(got.$metadata.httpStatusCode).toBe(206);
      expect(await textOf(got)).toBe('tail');
      const head = await s3.send(new HeadObjectCommand({ ...command, PartNumber: 1 }));
      expect(head).toMatchObject({ PartsCount: 2, ContentLength: 5 * MIB });
      await expectStatus(s3.send(new HeadObjectCommand({ ...command, PartNumber: 3 })), 416);
    },
    { moto: 'GetObject answers the whole object' },
  );

  behaviour('UploadPart replaces an earlier part of its number', async ({ s3, bucket }) => {
    const upload = await startUpload(s3, bucket, 'multi/again');
    await upload.part(1, Buffer.from('first'));
    await upload.complete([await upload.part(1, Buffer.from('second'))]);
    expect(await text(s3, bucket, 'multi/again')).toBe('second');
  });

  behaviour(
    'CompleteMultipartUpload refuses a wrong part, a wrong order and a small part',
    async ({ s3, bucket }) => {
      const upload = await startUpload(s3, bucket, 'multi/wrong');
      const parts = [await upload.part(1, Buffer.from('small')), await upload.part(2, Buffer.from('tail'))];
      const [first, second] = parts as [(typeof parts)[0], (typeof parts)[0]];
      await expectError(upload.complete([{ ...first, ETag: etagOf('other') }]), 'InvalidPart', 400);
      await expectError(upload.complete([{ ...first, PartNumber: 7 }]), 'InvalidPart', 400);
      await expectError(upload.complete([second, first]), 'InvalidPartOrder', 400);
      await expectError(upload.complete([first, second]), 'EntityTooSmall', 400);
      await expectMissing(s3, bucket, 'multi/wrong');
      await upload.complete([second]);
      expect(await text(s3, bucket, 'multi/wrong')).toBe('tail');
    },
    { moto: 'a small part is reported before a wrong order' },
  );

  behaviour(
    'CompleteMultipartUpload wants the checksum of each part, if the upload has a composite one',
    async ({ s3, bucket }) => {
      const upload = await startUpload(s3, bucket, 'multi/checksum', { ChecksumAlgorithm: 'SHA256' });
      const part = await upload.part(1, Buffer.from('x'), { ChecksumAlgorithm: 'SHA256' });
      await expectError(upload.complete([{ ETag: part.ETag, PartNumber: 1 }]), 'InvalidRequest', 400);
      const done = await upload.complete([part]);
      const digest = createHash('sha256').update('x').digest();
      expect(done.ChecksumSHA256).toBe(`${createHash('sha256').update(digest).digest('base64')}-1`);
    },
    { moto: 'it does not ask for them' },
  );

  behaviour(
    'AbortMultipartUpload leaves nothing, and the upload is then unknown',
    async ({ s3, bucket }) => {
      const upload = await startUpload(s3, bucket, 'multi/aborted');
      const part = await upload.part(1, Buffer.from('x'));
      const before = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: 'multi/aborted' }));
      expect(before.Uploads?.map(({ UploadId }) => UploadId)).toEqual([upload.target.UploadId]);
      await s3.send(new AbortMultipartUploadCommand(upload.target));
      const after = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: 'multi/aborted' }));
      expect(after.Uploads).toBeUndefined();
      await expectError(upload.complete([part]), 'NoSuchUpload', 404);
      await expectError(upload.part(2, Buffer.from('x')), 'NoSuchUpload', 404);
    },
    { moto: 'UploadPart to an aborted upload is an internal error' },
  );

  behaviour('UploadPartCopy takes a range of an object', async ({ s3, bucket }) => {
    await put(s3, bucket, 'multi/source', '0123456789');
    const upload = await startUpload(s3, bucket, 'multi/copied');
    const copy = { ...upload.target, PartNumber: 1, CopySource: `${bucket}/multi/source`, CopySourceRange: 'bytes=2-4' };
    const { CopyPartResult: result } = await s3.send(new UploadPartCopyCommand(copy));
    expect(result?.ETag).toBe(etagOf('234'));
    const { ETag, ChecksumCRC32 } = result ?? {};
    await upload.complete([{ PartNumber: 1, ETag, ChecksumCRC32 }]);
    expect(await text(s3, bucket, 'multi/copied')).toBe('234');
  });
});

async function startUpload(s3: S3Client, Bucket: string, Key: string, options = {}) {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...options }));
  const target = { Bucket, Key, UploadId };
  return {
    target,
    async part(PartNumber: number, Body: Buffer, partOptions = {}) {
      const { $metadata, ...uploaded } = await s3.send(new UploadPartCommand({ ...target, PartNumber, Body, ...partOptions }));
      return { PartNumber, ...uploaded };
    },
    complete: (Parts: object[]) => s3.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts } })),
  };
}
