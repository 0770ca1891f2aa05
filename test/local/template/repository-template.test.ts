import { readdir } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readTemplate } from '../../../local/template/read-template.ts';

const handlers = (await readdir('handlers', { withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map(({ name }) => basename(name, '.ts'))
  .sort();

test('template.yaml of this repository can be read, every handler a function of its own', async () => {
  const { functions, buckets } = await readTemplate('template.yaml', { stackName: 'stack' });
  expect(functions.map(({ handler }) => handler).sort()).toEqual(handlers.map((name) => `${name}.handler`));
  expect(functions.map(({ functionName }) => functionName).sort()).toEqual(handlers.map((name) => `stack-${name}`));
  for (const { codeFolder, build, runtime } of functions) {
    expect(codeFolder).toBe(resolve('handlers'));
    expect(build?.entryPoints.length).toBeGreaterThan(0);
    expect(runtime).toBe('nodejs24.x');
  }
  expect(buckets.flatMap(({ notifications }) => notifications)).toEqual([
    { functionLogicalId: 'ImageResizeFunction', events: ['s3:ObjectCreated:*'], prefix: 'images/', suffix: '' },
  ]);
});

test('the memory of its functions is a parameter each', async () => {
  const { functions } = await readTemplate('template.yaml', { parameters: { MonteCarloMemoryMb: '1769' } });
  const memoryOf = (logicalId: string) => functions.find((model) => model.logicalId === logicalId)?.memoryMb;
  expect(memoryOf('MonteCarloFunction')).toBe(1769);
  expect(memoryOf('LogAnalysisFunction')).not.toBe(1769);
});
