import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsCrc32c } from '@aws-crypto/crc32c';
import { Crc64Nvme } from '@aws-sdk/crc64-nvme';
import { ServiceError } from '../endpoint/service.ts';
import { hashablePieces } from './digest.ts';

export const CHECKSUM_ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** Over the whole object, or over the checksums of its parts. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; a composite one ends in `-<number of parts>`. */
  readonly value: string;
  readonly type: ChecksumType;
}

const LENGTHS: Readonly<Record<ChecksumAlgorithm, number>> = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 };

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

export function isChecksumAlgorithm(text: string | undefined): text is ChecksumAlgorithm {
  return (CHECKSUM_ALGORITHMS as readonly (string | undefined)[]).includes(text);
}

/** Base64 of the checksum over `buffers`, one after the other. */
export async function computeChecksum(
  algorithm: ChecksumAlgorithm,
  buffers: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<string> {
  switch (algorithm) {
    case 'CRC32': {
      let value = 0;
      for await (const buffer of buffers) value = crc32(buffer, value);
      const bytes = Buffer.allocUnsafe(4);
      bytes.writeUInt32BE(value);
      return bytes.toString('base64');
    }
    case 'CRC32C':
    case 'CRC64NVME': {
      const crc = algorithm === 'CRC32C' ? new AwsCrc32c() : new Crc64Nvme();
      for await (const buffer of buffers) crc.update(buffer);
      return Buffer.from(await crc.digest()).toString('base64');
    }
    case 'SHA1':
    case 'SHA256': {
      const sha = createHash(algorithm.toLowerCase());
      for await (const buffer of buffers) sha.update(buffer);
      return sha.digest('base64');
    }
  }
}

/** The checksum of a multipart upload that has one per part: over the parts' checksums, with their number. */
export async function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): Promise<Checksum> {
  const bytes = Buffer.concat(parts.map((value) => Buffer.from(value, 'base64')));
  return { algorithm, value: `${await computeChecksum(algorithm, [bytes])}-${parts.length}`, type: 'COMPOSITE' };
}

/**
 * The one checksum among the given header or trailer fields.
 *
 * @throws {ServiceError} If there are several, or it cannot be one of its algorithm.
 */
export function givenChecksum(fields: Readonly<Record<string, string | string[] | undefined>>): Checksum | undefined {
  let found: Checksum | undefined;
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const name = checksumHeader(algorithm);
    const value = fields[name];
    if (value === undefined) continue;
    if (found !== undefined) {
      const message = 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.';
      throw new ServiceError(400, 'InvalidRequest', message);
    }
    if (typeof value !== 'string' || Buffer.from(value, 'base64').length !== LENGTHS[algorithm]) {
      throw new ServiceError(400, 'InvalidRequest', `Value for ${name} header is invalid.`);
    }
    found = { algorithm, value, type: 'FULL_OBJECT' };
  }
  return found;
}

/** @throws {ServiceError} `BadDigest` if `bytes` do not have the checksum. */
export async function verifyChecksum(checksum: Checksum, bytes: Buffer): Promise<void> {
  const actual = await computeChecksum(checksum.algorithm, hashablePieces(bytes));
  if (actual === checksum.value) return;
  throw new ServiceError(400, 'BadDigest', `The ${checksum.algorithm} you specified did not match the calculated checksum.`, {
    details: { Specified: checksum.value, Calculated: actual },
  });
}
