import { createHash, hash } from 'node:crypto';
import type { Body } from './store.ts';

/** Node's hashes and CRCs take less than 2 GiB at a time, an object put in one piece may have 5 GiB. */
const MAX_PIECE_BYTES = 1024 ** 3;

export function* hashablePieces(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += MAX_PIECE_BYTES) yield bytes.subarray(start, start + MAX_PIECE_BYTES);
}

/** Hexadecimal. */
export function digestOf(algorithm: 'md5' | 'sha256', bytes: Buffer): string {
  // In one call, which is three times faster on a small object.
  if (bytes.length <= MAX_PIECE_BYTES) return hash(algorithm, bytes, 'hex');
  const digest = createHash(algorithm);
  for (const piece of hashablePieces(bytes)) digest.update(piece);
  return digest.digest('hex');
}

/** MD5 of a body that is already stored, hexadecimal. */
export async function md5Of(body: Body): Promise<string> {
  const md5 = createHash('md5');
  for await (const buffer of body.read(0, body.size)) for (const piece of hashablePieces(buffer)) md5.update(piece);
  return md5.digest('hex');
}
