import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { type EmbeddedS3, startEmbeddedS3 } from '../helpers/embedded-s3.ts';
import { type RawAnswer, rawRequest } from '../helpers/raw-http.ts';

const CRC32_OF_123456789 = Buffer.from('cbf43926', 'hex').toString('base64');
const SIGNATURE = ';chunk-signature=0000';

function putChunked(scene: EmbeddedS3, body: string, headers: Record<string, string> = {}): Promise<RawAnswer> {
  return rawRequest(scene.url, {
    method: 'PUT',
    path: '/bucket/chunked',
    headers: {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '9',
      'content-encoding': 'aws-chunked',
      ...headers,
    },
    body,
  });
}

async function expectNothing({ s3 }: EmbeddedS3): Promise<void> {
  await expect(s3.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'chunked' }))).rejects.toMatchObject({ name: 'NotFound' });
}

test('aws-chunked: the framing is taken off, and the trailer is verified and kept', async () => {
  await using scene = await startEmbeddedS3();
  const body = `9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:${CRC32_OF_123456789}\r\n\r\n`;
  const answer = await putChunked(scene, body, { 'x-amz-trailer': 'x-amz-checksum-crc32' });
  expect(answer.status).toBe(200);
  expect(answer.headers['x-amz-checksum-crc32']).toBe(CRC32_OF_123456789);
  const got = await scene.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'chunked', ChecksumMode: 'ENABLED' }));
  expect(got).toMatchObject({ ChecksumCRC32: CRC32_OF_123456789, ChecksumType: 'FULL_OBJECT', ContentLength: 9 });
  expect(got.ContentEncoding).toBeUndefined();
  expect(await got.Body?.transformToString()).toBe('123456789');
});

test('aws-chunked: signed chunks, several of them, and an encoding beside aws-chunked', async () => {
  await using scene = await startEmbeddedS3();
  const first = 'a'.repeat(8192);
  const body = `2000${SIGNATURE}\r\n${first}\r\n3${SIGNATURE}\r\nend\r\n0${SIGNATURE}\r\n\r\n`;
  const answer = await putChunked(scene, body, {
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'x-amz-decoded-content-length': '8195',
    'content-encoding': 'aws-chunked,gzip',
  });
  expect(answer.status).toBe(200);
  const got = await scene.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'chunked' }));
  expect(got.ContentEncoding).toBe('gzip');
  expect(await got.Body?.transformToString()).toBe(`${first}end`);
});

test('aws-chunked: a signed trailer is verified as well', async () => {
  await using scene = await startEmbeddedS3();
  const trailer = `x-amz-checksum-crc32:AAAAAA==\r\nx-amz-trailer-signature:0000\r\n\r\n`;
  const answer = await putChunked(scene, `9${SIGNATURE}\r\n123456789\r\n0${SIGNATURE}\r\n${trailer}`, {
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    'x-amz-trailer': 'x-amz-checksum-crc32',
  });
  expect(answer.status).toBe(400);
  expect(answer.body).toContain(
    '<Code>BadDigest</Code><Message>The CRC32 you specified did not match the calculated checksum.</Message>',
  );
  await expectNothing(scene);
});

test.each([
  ['chunks of another length than declared', '3\r\nabc\r\n0\r\n\r\n', 400, 'IncompleteBody'],
  ['a chunk longer than the body', '9\r\n1234', 400, 'IncompleteBody'],
  ['a size that is none', 'x\r\n123456789\r\n0\r\n\r\n', 400, 'IncompleteBody'],
  ['a chunk that no line end follows', '9\r\n123456789XX0\r\n\r\n', 400, 'IncompleteBody'],
  ['no framing at all', '123456789', 400, 'IncompleteBody'],
  ['a small chunk before the last', '4\r\n1234\r\n5\r\n56789\r\n0\r\n\r\n', 403, 'InvalidChunkSizeError'],
])('aws-chunked: %s is refused', async (_name, body, status, code) => {
  await using scene = await startEmbeddedS3();
  const answer = await putChunked(scene, body);
  expect(answer.status).toBe(status);
  expect(answer.body).toContain(`<Code>${code}</Code>`);
  await expectNothing(scene);
});

test('aws-chunked: a trailer that is announced must come', async () => {
  await using scene = await startEmbeddedS3();
  const answer = await putChunked(scene, '9\r\n123456789\r\n0\r\n\r\n', { 'x-amz-trailer': 'x-amz-checksum-crc32' });
  expect(answer.status).toBe(400);
  expect(answer.body).toContain('<Code>MalformedTrailerError</Code>');
  await expectNothing(scene);
});
