import { createHash } from 'node:crypto';
import type { Body } from './store.ts';

/** MD5 of a body that is already stored, hexadecimal. */
export async function md5Of(body: Body): Promise<string> {
  const md5 = createHash('md5');
  for await (const buffer of body.read(0, body.size)) md5.update(buffer);
  return md5.digest('hex');
}
