import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { payloadsOf } from '../../../power-tuning/input/payloads.ts';
import { readInputFile } from '../../../power-tuning/input/read-input.ts';

const names = (await readdir('power-tuning/inputs')).map((file) => basename(file, '.json'));
const parsed = async (file: string): Promise<object> => JSON.parse(await readFile(file, 'utf8'));

test.each(names)('power-tuning/inputs/%s.json is an input, also of an account with 3,008 MB', async (name) => {
  const { payload, ...input } = await readInputFile(`power-tuning/inputs/${name}.json`, { maxMemoryMb: 3008 });
  expect(payloadsOf(payload, input, undefined, name)).toHaveLength(input.num);
});

test.each(names)('power-tuning/inputs/%s.json has no field that the sample event has not', async (name) => {
  const { payload } = await readInputFile(`power-tuning/inputs/${name}.json`);
  const event = await parsed(`handlers/events/${name}.json`);
  expect(Object.keys(event)).toEqual(expect.arrayContaining(Object.keys(payload as object)));
});

test.each(names)('power-tuning/inputs/%s.json names the concurrency of a handler that takes one', async (name) => {
  const { concurrencyField } = await readInputFile(`power-tuning/inputs/${name}.json`);
  const source = await readFile(`handlers/${name}.ts`, 'utf8');
  expect(concurrencyField).toBe(/^ {2}concurrency: optional\(/m.test(source) ? 'concurrency' : undefined);
});
