import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { buildFunctions } from '../../../local/build/build-functions.ts';
import { readBuiltTemplate } from '../../../local/build/read-built-template.ts';
import { codeFixture } from './code-fixture.ts';
import { loadHandler } from './load-handler.ts';

const FOLDER = 'test/local/build/fixtures/sam-build';

test('readBuiltTemplate() reads what sam build has made: artefacts as code, layers with their packages', async () => {
  const { functions } = await readBuiltTemplate(FOLDER);
  expect(functions).toMatchObject([
    {
      logicalId: 'HelloFunction',
      codeFolder: resolve(FOLDER, 'HelloFunction'),
      build: undefined,
      layerFolders: [resolve(FOLDER, 'TextLayer')],
      variables: { NODE_OPTIONS: ' --enable-source-maps' },
    },
  ]);
});

test('what sam build has made runs as it is', async () => {
  await using fixture = await codeFixture();
  const [outcome] = await buildFunctions(await readBuiltTemplate(FOLDER), fixture);
  if (outcome?.status !== 'built') throw outcome?.error;
  expect(outcome.model.layerFolders).toEqual([resolve(FOLDER, 'TextLayer')]);
  expect(await loadHandler(outcome, {})).toBe('built');
});
