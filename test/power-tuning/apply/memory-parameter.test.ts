import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readTemplate } from '../../../local/template/read-template.ts';
import { memoryParameter } from '../../../power-tuning/apply/memory-parameter.ts';

test('memoryParameter() knows the parameter of every function of template.yaml', async () => {
  const template = await readFile('template.yaml', 'utf8');
  const { functions } = await readTemplate('template.yaml');
  const parameters = functions.map(({ logicalId }) => memoryParameter(template, logicalId));
  expect(parameters).toContain('MonteCarloMemoryMb');
  expect(new Set(parameters).size).toBe(functions.length);
});

test('memoryParameter() refuses a memory that is no parameter', () => {
  const template = 'Resources: { One: { Properties: { MemorySize: 512 } } }';
  expect(() => memoryParameter(template, 'One')).toThrow(/^Cannot apply .*MemorySize of One must refer to a parameter/);
});
