import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Figure, figure } from '../../local/figures/figures.ts';
import type { BenchStack } from './bench-stack.ts';

/** What `parallel()` adds to a minified bundle where no worker is declared. */
export async function bundleSizeFigures({ stack }: BenchStack): Promise<Figure[]> {
  const gzippedKb = async (name: string): Promise<number> => {
    const bundle = await readFile(join(stack.taskRootOf(`bench-${name}`), `${name}.js`));
    return gzipSync(bundle, { level: 9 }).byteLength / 1024;
  };
  return [figure('lambda.middleware-gzip-kb', 'KB', [(await gzippedKb('with-parallel')) - (await gzippedKb('bare-middy'))])];
}
