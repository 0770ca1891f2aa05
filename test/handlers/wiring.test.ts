import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { stackTemplate } from '../helpers/stack-template.ts';

const namesIn = async (folder: string, extension: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map(({ name }) => basename(name, extension))
    .sort();
};

const handlers = await namesIn('handlers', '.ts');
const workers = await namesIn('handlers/workers', '.worker.ts');
const events = await namesIn('handlers/events', '.json');
const tuningInputs = await namesIn('power-tuning/inputs', '.json');
const sources = new Map(
  await Promise.all(handlers.map(async (name) => [name, await readFile(`handlers/${name}.ts`, 'utf8')] as const)),
);

const { Resources } = await stackTemplate();
const functions = new Map(Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::Serverless::Function'));

const logicalIdOf = (name: string): string => `${name.replaceAll(/(?:^|-)(.)/g, (_, letter) => letter.toUpperCase())}Function`;
const functionOf = (name: string) => functions.get(logicalIdOf(name));

const inSource = (name: string, pattern: RegExp): string[] =>
  [...(sources.get(name) ?? '').matchAll(pattern)].map(([, part = '']) => part);
const workersOf = (name: string): string[] => inSource(name, /new URL\('\.\/(workers\/.*\.worker\.ts)', import\.meta\.url\)/g);

beforeEach(() => {
  for (const name of ['BUCKET_NAME', 'UPLOAD_BUCKET_NAME', 'THUMBNAIL_BUCKET_NAME']) vi.stubEnv(name, 'photos');
});

test('every handler has a sample event, and every sample event a handler', () => {
  expect(events.filter((name) => !name.includes('.'))).toEqual(handlers);
  // Of another form that the handler takes: image-resize.notification.json.
  for (const name of events) expect(handlers).toContain(name.split('.')[0]);
});

test('every handler has an input for its tuning, and every input a handler', () => {
  expect(tuningInputs).toEqual(handlers);
});

test('every handler has a test', async () => {
  const tests = await namesIn('test/handlers', '.test.ts');
  expect(tests).toEqual(expect.arrayContaining(handlers));
});

test('every sample event is in the test of its handler, and in that of what SAM builds', async () => {
  const ofBuilt = await readFile('test/local/sam-build.test.ts', 'utf8');
  for (const name of events) {
    const code = await readFile(`test/handlers/${name.split('.')[0]}.test.ts`, 'utf8');
    expect(code).toContain(`sampleEvent('${name}')`);
    expect(ofBuilt).toContain(`['${name}', {`);
  }
});

test('every handler is a function of template.yaml, and every function a handler', () => {
  expect([...functions.keys()].sort()).toEqual(handlers.map(logicalIdOf).sort());
});

test.each(handlers)(
  'handlers/%s.ts exports a handler without a dot in its name, as the Lambda runtime wants it',
  async (name) => {
    expect(name).not.toContain('.');
    const module: { handler?: unknown } = await import(`../../handlers/${name}.ts`);
    expect(module.handler).toBeTypeOf('function');
    expect(functionOf(name)?.Properties['Handler']).toBe(`${name}.handler`);
  },
);

test.each(handlers)('template.yaml builds %s from its file and the workers it runs, and nothing else', (name) => {
  const files = workersOf(name);
  const forThreads = files.length > 0 ? [...files, '../src/worker.cts'] : [];
  expect(functionOf(name)?.Metadata?.BuildProperties['EntryPoints']).toEqual([`${name}.ts`, ...forThreads]);
});

test.each(handlers)('template.yaml gives %s the environment variables that it requires, and no others', (name) => {
  const { Variables = {} } = (functionOf(name)?.Properties['Environment'] ?? {}) as { Variables?: object };
  expect(Object.keys(Variables).sort()).toEqual(inSource(name, /requiredVariable\('(\w+)'/g).sort());
});

test('every worker has a test, and is all that is in its folder', async () => {
  expect(await namesIn('handlers/workers', '')).toEqual(workers.map((name) => `${name}.worker.ts`));
  expect(await namesIn('test/handlers/workers', '.worker.test.ts')).toEqual(workers);
});

test.each(workers)('handlers/workers/%s.worker.ts exports a function, and a handler runs it', async (name) => {
  const module: { default?: unknown } = await import(`../../handlers/workers/${name}.worker.ts`);
  expect(module.default).toBeTypeOf('function');
  expect(handlers.flatMap(workersOf)).toContain(`workers/${name}.worker.ts`);
});

test.each(events)('handlers/events/%s.json is JSON', async (name) => {
  expect(JSON.parse(await readFile(`handlers/events/${name}.json`, 'utf8'))).toBeTypeOf('object');
});
