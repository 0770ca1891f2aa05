import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface CodeFixture extends AsyncDisposable {
  /** A copy of the fixtures' code, to be changed. */
  readonly codeFolder: string;
  readonly outFolder: string;
}

/** Code in a folder with no package anywhere near. */
export async function codeFixture(): Promise<CodeFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'lambda-parallel-code-'));
  const codeFolder = join(folder, 'code');
  await cp('test/local/build/fixtures/code', codeFolder, { recursive: true });
  return {
    codeFolder,
    outFolder: join(folder, 'out'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
