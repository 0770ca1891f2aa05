import { existsSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import type { FunctionModel } from '../template/model.ts';
import { BuildError } from './build-error.ts';

/** What Lambda's runtime looks for. */
const EXTENSIONS = ['.js', '.mjs', '.cjs'];

/**
 * The handler in what was built. SAM takes the folders off a handler whose file is not below them: `src/images.handler` is in `images.js`,
 * as esbuild has put it there (samcli/lib/build/bundler.py).
 *
 * @throws {BuildError} Names what was looked for and what there is.
 */
export function handlerIn(taskRoot: string, { logicalId, handler }: Pick<FunctionModel, 'logicalId' | 'handler'>): string {
  const candidates = [handler, posix.basename(handler)];
  const found = candidates.find((candidate) =>
    EXTENSIONS.some((extension) => existsSync(`${taskRoot}/${moduleOf(candidate)}${extension}`)),
  );
  if (found !== undefined) return found;
  const wanted = EXTENSIONS.map((extension) => `${moduleOf(handler)}${extension}`).join(', ');
  const present = readdirSync(taskRoot).join(', ') || 'nothing';
  throw new BuildError(logicalId, {
    why: `its handler is "${handler}", so it needs one of ${wanted}, and what was built is ${present}; correct Handler, or add an entry point of that name`,
  });
}

/** Up to the last dot, as the runtime reads it. */
function moduleOf(handler: string): string {
  return handler.slice(0, handler.lastIndexOf('.'));
}
