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

beforeEach(() => {
  vi.stubEnv('BUCKET_NAME', 'photos');
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

test.each(handlers)('handlers/events/%s.json is JSON', async (name) => {
  expect(JSON.parse(await readFile(`handlers/events/${name}.json`, 'utf8'))).toBeTypeOf('object');
});
