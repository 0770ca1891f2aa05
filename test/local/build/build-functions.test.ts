import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildFunctions } from '../../../local/build/build-functions.ts';
import type { BuildOutcome, BuiltFunction } from '../../../local/build/build-outcome.ts';
import type { FunctionModel } from '../../../local/template/model.ts';
import { codeFixture } from './code-fixture.ts';
import { functionModel } from './function-model.ts';
import { loadHandler } from './load-handler.ts';

const WITH_URL = { Define: ['import.meta.url=__url', 'MODE="test"'], Banner: ['js=const __url = "here";'], EntryNames: '[name]' };

function built(outcome: BuildOutcome | undefined): BuiltFunction {
  if (outcome?.status === 'built') return outcome;
  throw outcome?.error ?? new Error('Expected an outcome');
}

const errorOf = (outcome: BuildOutcome | undefined) => (outcome?.status === 'failed' ? outcome.error : undefined);

async function outcomeOf(model: FunctionModel, outFolder: string): Promise<BuildOutcome | undefined> {
  return (await buildFunctions({ functions: [model] }, { outFolder }))[0];
}

test('a function is bundled with its own properties, and runs with no package near', async () => {
  await using fixture = await codeFixture();
  const build = { entryPoints: ['images', 'workers/count.worker.ts'], properties: WITH_URL };
  const outcome = built(await outcomeOf(functionModel({ ...fixture, build }), fixture.outFolder));
  expect((await readdir(outcome.taskRoot)).sort()).toEqual(['count.worker.js', 'images.js']);
  expect(await loadHandler(outcome, { name: 'Ada' })).toEqual({ text: 'Hello Ada', mode: 'test', worker: 'here' });
});

test('a handler in folders is found where esbuild has put it, as SAM finds it', async () => {
  await using fixture = await codeFixture();
  const build = { entryPoints: ['workers/count.worker.ts', 'workers/../images.ts'], properties: WITH_URL };
  const outcome = built(await outcomeOf(functionModel({ ...fixture, handler: 'src/images.handler', build }), fixture.outFolder));
  expect(outcome.model.handler).toBe('images.handler');
  expect(await loadHandler(outcome)).toBe('function');
});

test('functions of the same code and properties are built once, others on their own', async () => {
  await using fixture = await codeFixture();
  const model = functionModel(fixture);
  const functions = [
    model,
    { ...model, logicalId: 'OtherFunction' },
    { ...model, logicalId: 'ThirdFunction', build: { entryPoints: ['images.ts'], properties: { Minify: false } } },
  ];
  const outcomes = await buildFunctions({ functions }, fixture);
  const [one, other, third] = outcomes.map((outcome) => built(outcome).taskRoot);
  expect(outcomes.map((outcome) => outcome.model.logicalId)).toEqual(['ImagesFunction', 'OtherFunction', 'ThirdFunction']);
  expect(other).toBe(one);
  expect(third).not.toBe(one);
});

test('each build is a folder of its own', async () => {
  await using fixture = await codeFixture();
  const model = functionModel(fixture);
  const first = built(await outcomeOf(model, fixture.outFolder));
  const second = built(await outcomeOf(model, fixture.outFolder));
  expect([first.taskRoot, second.taskRoot]).toEqual([1, 2].map((number) => join(fixture.outFolder, `ImagesFunction-${number}`)));
});

test('code without a build is copied as it is, its packages linked', async () => {
  await using fixture = await codeFixture();
  for (const folder of ['.git', '.aws-sam', 'node_modules/dep'])
    await mkdir(join(fixture.codeFolder, folder), { recursive: true });
  await writeFile(join(fixture.codeFolder, 'node_modules/dep/index.js'), 'exports.name = "dep";');
  await writeFile(join(fixture.codeFolder, 'needs-dep.mjs'), 'import dep from "dep";\nexport const handler = () => dep.name;');
  const model = functionModel({ ...fixture, build: undefined, handler: 'needs-dep.handler' });
  const outcome = built(await outcomeOf(model, fixture.outFolder));
  expect(await loadHandler(outcome, {})).toBe('dep');
  const files = await readdir(outcome.taskRoot);
  expect(files).not.toContain('.git');
  expect(files).not.toContain('.aws-sam');
});

test('a layer with packages is linked from what is installed; binaries of other machines may be absent', async () => {
  await using fixture = await codeFixture();
  const { codeFolder, outFolder } = fixture;
  const contentFolder = join(codeFolder, 'layer');
  const installed = join(codeFolder, 'node_modules', '@scope', 'text');
  for (const folder of [contentFolder, installed]) await mkdir(folder, { recursive: true });
  await writeFile(join(installed, 'package.json'), '{ "version": "1.2.3" }');
  await writeFile(join(installed, 'index.js'), 'exports.text = "of the layer";');
  const manifest = { dependencies: { '@scope/text': '1.2.3', '@scope/text-other-machine': '1.2.3' } };
  await writeFile(join(contentFolder, 'package.json'), JSON.stringify(manifest));
  const lock = { packages: { 'node_modules/@scope/text-other-machine': { os: ['plan9'] } } };
  await writeFile(join(contentFolder, 'package-lock.json'), JSON.stringify(lock));
  await writeFile(
    join(codeFolder, 'uses.ts'),
    'export const handler = () => require("@scope/text").text;\ndeclare const require: any;',
  );
  const layers = [{ logicalId: 'TextLayer', contentFolder, buildMethod: 'nodejs24.x' as const }];
  const build = { entryPoints: ['uses.ts'], properties: { External: ['@scope/text'] } };
  const model = functionModel({ codeFolder, handler: 'uses.handler', build, layers, layerFolders: [contentFolder] });

  const outcome = built(await outcomeOf(model, outFolder));
  expect(outcome.model.layerFolders).toEqual([join(outFolder, 'TextLayer-1')]);
  expect(await loadHandler(outcome, {})).toBe('of the layer');

  await writeFile(join(installed, 'package.json'), '{ "version": "1.2.4" }');
  expect(errorOf(await outcomeOf(model, outFolder))?.message).toBe(
    `Cannot build ImagesFunction: its layer TextLayer cannot be made: its package @scope/text must be 1.2.3: 1.2.4 in ${installed}; install the same version in both places`,
  );
  await rm(installed, { recursive: true });
  expect(errorOf(await outcomeOf(model, outFolder))?.message).toBe(
    `Cannot build ImagesFunction: its layer TextLayer cannot be made: its package @scope/text is not installed in ${contentFolder} or above; run npm ci`,
  );
});

test('a layer without a build is on /opt as it is', async () => {
  await using fixture = await codeFixture();
  const contentFolder = join(fixture.codeFolder, 'workers');
  const layers = [{ logicalId: 'PlainLayer', contentFolder, buildMethod: undefined }];
  const outcome = built(await outcomeOf(functionModel({ ...fixture, layers, layerFolders: [contentFolder] }), fixture.outFolder));
  expect(outcome.model.layerFolders).toEqual([contentFolder]);
});

test('functions that share what fails are each named', async () => {
  await using fixture = await codeFixture();
  const model = functionModel({ ...fixture, build: { entryPoints: ['nowhere.ts'], properties: {} } });
  const outcomes = await buildFunctions({ functions: [model, { ...model, logicalId: 'OtherFunction' }] }, fixture);
  expect(outcomes.map((outcome) => errorOf(outcome)?.logicalId)).toEqual(['ImagesFunction', 'OtherFunction']);
});

test('a syntax error names file and line, and the other functions are built', async () => {
  await using fixture = await codeFixture();
  await writeFile(join(fixture.codeFolder, 'broken.ts'), '\nexport const handler = }\n');
  const model = functionModel(fixture);
  const broken = {
    ...model,
    logicalId: 'BrokenFunction',
    handler: 'broken.handler',
    build: { entryPoints: ['broken.ts'], properties: {} },
  };
  const [first, second] = await buildFunctions({ functions: [broken, model] }, fixture);
  expect(second?.status).toBe('built');
  const error = errorOf(first);
  expect(error).toMatchObject({
    name: 'BuildError',
    code: 'ERR_LOCAL_BUILD',
    logicalId: 'BrokenFunction',
    place: { file: expect.stringMatching(/\/broken\.ts$/), line: 2 },
  });
  expect(error?.message).toMatch(/^Cannot build BrokenFunction: .*\/broken\.ts:2:24: Unexpected "}"; correct the code$/);
});

test('a handler that is not in what was built is named, with what was looked for and what there is', async () => {
  await using fixture = await codeFixture();
  const model = functionModel({ ...fixture, handler: 'image.handler' });
  expect(errorOf(await outcomeOf(model, fixture.outFolder))?.message).toBe(
    'Cannot build ImagesFunction: its handler is "image.handler", so it needs one of image.js, image.mjs, image.cjs, and what was built is images.js; correct Handler, or add an entry point of that name',
  );
});

test('an entry point that is not there is named', async () => {
  await using fixture = await codeFixture();
  const model = functionModel({ ...fixture, build: { entryPoints: ['nowhere'], properties: {} } });
  expect(errorOf(await outcomeOf(model, fixture.outFolder))?.message).toBe(
    `Cannot build ImagesFunction: its entry point nowhere is not in ${fixture.codeFolder}; create it, or correct EntryPoints or Handler`,
  );
});

test('a property that esbuild refuses is named', async () => {
  await using fixture = await codeFixture();
  const messageFor = async (properties: Record<string, string>) =>
    errorOf(await outcomeOf(functionModel({ ...fixture, build: { entryPoints: ['images.ts'], properties } }), fixture.outFolder))
      ?.message;
  expect(await messageFor({ Colour: 'red' })).toMatch(
    /^Cannot build ImagesFunction: build property Colour must be a flag of esbuild, .*; correct BuildProperties$/,
  );
  expect(await messageFor({ Format: 'amd' })).toBe(
    'Cannot build ImagesFunction: Invalid value "amd" in "--format=amd"; correct BuildProperties',
  );
});

test('warnings of esbuild are told, not printed', async () => {
  await using fixture = await codeFixture();
  const messages: string[] = [];
  const onMessage = (message: string) => messages.push(message);
  await buildFunctions({ functions: [functionModel(fixture)] }, { outFolder: fixture.outFolder, onMessage });
  expect(messages).toEqual([
    expect.stringMatching(/^Warning of ImagesFunction: .*images\.ts:3:\d+: "import\.meta" is not available/),
  ]);
});
