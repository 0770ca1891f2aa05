import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { createProject, invokeDeployed } from './project.ts';
import { buildScript, type Change, type Recipe, sam, section } from './recipes.ts';

let project: string;

beforeAll(async () => {
  project = await createProject();
  return () => rm(project, { recursive: true });
});

const event = { texts: ['a', 'bb', 'ccc'] };

const checksums = [...event.texts, 'one'].map((text) => createHash('md5').update(text).digest('hex'));

async function invoke(recipe: Recipe, change?: Change, nodeOptions = '') {
  return invokeDeployed(await recipe(project, change), { handler: 'checksums', event, nodeOptions });
}

const asExpected = {
  result: {
    checksums,
    isOffMainThread: true,
    error: { name: 'EmptyTextError', code: 'ERR_EMPTY_TEXT', message: expect.stringContaining('it is empty') },
  },
};

const workerFileError = (message: RegExp) => ({
  error: { name: 'WorkerFileError', code: 'ERR_PARALLEL_WORKER_FILE', message: expect.stringMatching(message) },
});

describe.each([
  ['SAM', sam],
  ['the build script', buildScript],
])('A handler with a worker, bundled by the README with %s and alone in a folder,', (_, recipe) => {
  test('runs in threads', async () => {
    expect(await invoke(recipe)).toMatchObject(asExpected);
  });

  test('runs in threads, not minified', async () => {
    expect(await invoke(recipe, { minify: false })).toMatchObject(asExpected);
  });

  test('fails at cold start without its worker file, and says what to add', async () => {
    expect(await invoke(recipe, { entryPoints: { 'checksum.worker': undefined } })).toMatchObject(
      workerFileError(/checksum\.worker\.js.*add "workers\/checksum\.worker\.ts".* entry points/),
    );
  });

  test('fails at cold start without the worker of Piscina, and says what to add', async () => {
    expect(await invoke(recipe, { entryPoints: { 'lambda-parallel': undefined } })).toMatchObject(
      workerFileError(/no \/.*\/worker\.js.*add "lambda-parallel\/worker".* entry points/),
    );
  });

  test('fails at cold start beside a worker.js of its own, and says to rename it', async () => {
    await writeFile(join(project, 'worker.ts'), 'export const work = 1;\n');
    expect(await invoke(recipe, { entryPoints: { 'lambda-parallel': 'worker.ts' } })).toMatchObject(
      workerFileError(/worker\.js is another file than lambda-parallel's.* give it another name/),
    );
  });

  test('fails at cold start beside another file of the name of its worker, and says so', async () => {
    const built = await recipe(project);
    await writeFile(join(built, 'checksum.worker.js'), 'module.exports = (text) => text;');
    expect(await invokeDeployed(built, { handler: 'checksums', event })).toMatchObject(
      workerFileError(/checksum\.worker\.js as a worker: it has nothing of lambda-parallel in it/),
    );
  });

  test('takes lambda-parallel/worker by way of a file of its own', async () => {
    await writeFile(join(project, 'worker.ts'), "import 'lambda-parallel/worker';\n");
    expect(await invoke(recipe, { entryPoints: { 'lambda-parallel': 'worker.ts' } })).toMatchObject(asExpected);
  });
});

test('With source maps, the stack of an error in a worker names the source', async () => {
  for (const [recipe, change] of [[sam, { properties: { Sourcemap: true } }], [buildScript]] as const) {
    const stack = expect.stringContaining('checksum.worker.ts');
    expect(await invoke(recipe, change, '--enable-source-maps')).toMatchObject({ result: { error: { stack } } });
  }
});

test('With outputs in several folders, the error at cold start says how to have them in one', async () => {
  const build = async (folder: string) => join(await sam(folder, { properties: { EntryNames: undefined } }), 'handlers');
  expect(await invokeDeployed(await build(project), { handler: 'checksums', event })).toMatchObject(
    workerFileError(/no \/.*\/worker\.js.* in one folder \(EntryNames: '\[name\]'\)/),
  );
});

test('Without an import.meta.url, the URL in the handler is what fails, as the README says', async () => {
  const without = { properties: { Define: undefined, Banner: undefined } };
  const expected = { name: 'TypeError', message: 'Invalid URL', input: './workers/checksum.worker.ts' };
  expect(await invoke(sam, without)).toMatchObject({ error: expected });
  expect(section).toContain(`\`${expected.name}: ${expected.message}\``);
});

test('Without an import.meta.url, a handler may make the URL from its __filename', async () => {
  const source = await readFile(join(project, 'handlers', 'checksums.ts'), 'utf8');
  const url = "require('node:url').pathToFileURL(__filename)";
  await writeFile(join(project, 'handlers', 'by-filename.ts'), source.replace('import.meta.url', url));
  const entryPoints = { 'handlers/checksums': 'handlers/by-filename.ts' };
  const built = await sam(project, { entryPoints, properties: { Define: undefined, Banner: undefined } });
  expect(await invokeDeployed(built, { handler: 'by-filename', event })).toMatchObject(asExpected);
});

test('A handler without workers has nothing of Piscina in its bundle, and weighs less than 40 KB gzipped with Middy', async () => {
  const entryPoints = { 'handlers/checksums': 'handlers/lengths.ts', 'checksum.worker': undefined, 'lambda-parallel': undefined };
  const built = await sam(project, { entryPoints });
  expect(await invokeDeployed(built, { handler: 'lengths', event })).toEqual({ result: [1, 2, 3] });
  const code = await readFile(join(built, 'lengths.js'));
  expect(code.toString()).not.toMatch(/piscina/i);
  expect(gzipSync(code).byteLength).toBeLessThan(40_000);
});
