import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';

const namesIn = async (folder: string, extension: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map(({ name }) => basename(name, extension))
    .sort();
};

const handlers = await namesIn('handlers', '.ts');
const workers = await namesIn('handlers/workers', '.worker.ts');

beforeEach(() => {
  for (const name of ['BUCKET_NAME', 'UPLOAD_BUCKET_NAME', 'THUMBNAIL_BUCKET_NAME']) vi.stubEnv(name, 'photos');
});

test('every handler has a sample event, and every sample event a handler', async () => {
  expect(await namesIn('handlers/events', '.json')).toEqual(handlers);
});

test('every handler has a test', async () => {
  const tests = await namesIn('test/handlers', '.test.ts');
  expect(tests).toEqual(expect.arrayContaining(handlers));
});

test.each(handlers)(
  'handlers/%s.ts exports a handler without a dot in its name, as the Lambda runtime wants it',
  async (name) => {
    expect(name).not.toContain('.');
    const module: { handler?: unknown } = await import(`../../handlers/${name}.ts`);
    expect(module.handler).toBeTypeOf('function');
  },
);

test('every worker has a test, and is all that is in its folder', async () => {
  expect(await namesIn('handlers/workers', '')).toEqual(workers.map((name) => `${name}.worker.ts`));
  expect(await namesIn('test/handlers/workers', '.worker.test.ts')).toEqual(workers);
});

test.each(workers)('handlers/workers/%s.worker.ts exports a function, and a handler runs it', async (name) => {
  const module: { default?: unknown } = await import(`../../handlers/workers/${name}.worker.ts`);
  expect(module.default).toBeTypeOf('function');
  const sources = await Promise.all(handlers.map((handler) => readFile(`handlers/${handler}.ts`, 'utf8')));
  expect(sources.join()).toContain(`new URL('./workers/${name}.worker.ts', import.meta.url)`);
});

test.each(handlers)('handlers/events/%s.json is JSON', async (name) => {
  expect(JSON.parse(await readFile(`handlers/events/${name}.json`, 'utf8'))).toBeTypeOf('object');
});
