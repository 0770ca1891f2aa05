import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyFixture, type Fixture, replaceFile, startFixture } from './stack-fixture.ts';

test('a change is built and served; a mistake is named, the old code serves on, and so does what mends it', async () => {
  await using fixture = await copyFixture();
  await using fixtureStack = await startFixture(fixture, { isWatching: true });
  const { invoke, until, rebuilt, buildErrors } = fixtureStack;
  const file = join(fixture.codeFolder, 'greeting.ts');
  const original = await readFile(file, 'utf8');
  const textOf = async () => (await invoke('echo', { name: 'Ada' })).answer.text;
  expect(await textOf()).toBe('Hello Ada');

  await replaceFile(file, original.replace("' '", "', '"));
  await until(() => rebuilt.length > 0);
  expect(rebuilt).toEqual(['echo']);
  expect(await textOf()).toBe('Hello, Ada');

  await replaceFile(file, `${original}export const = 1;\n`);
  await until(() => buildErrors.length > 0);
  expect(buildErrors.map(({ logicalId, place }) => [logicalId, place?.line])).toEqual([['EchoFunction', 4]]);
  expect(buildErrors[0]?.message).toMatch(/^Cannot build EchoFunction: .*greeting\.ts:4:14: Expected identifier but found "="/);
  expect(await textOf()).toBe('Hello, Ada');

  await replaceFile(file, original.replace("' '", "' again, '"));
  await until(() => rebuilt.length > 1);
  expect(await textOf()).toBe('Hello again, Ada');
});

test('a function that cannot be built says so when it is invoked, the others work, and it works as soon as it is mended', async () => {
  await using fixture = await copyFixture();
  const file = join(fixture.codeFolder, 'echo.ts');
  const original = await readFile(file, 'utf8');
  await writeFile(file, `${original}\n}\n`);
  await addLayer(fixture, 'EntryPoints: [echo.ts]');
  await using fixtureStack = await startFixture(fixture, { isWatching: true });
  const { invoke, until, rebuilt, buildErrors } = fixtureStack;
  expect(buildErrors.map(({ logicalId }) => logicalId)).toEqual(['EchoFunction']);
  const { answer, functionError } = await invoke('echo', { name: 'Ada' });
  expect(functionError).toBe('Unhandled');
  expect(answer).toMatchObject({
    errorType: 'BuildError',
    errorMessage: expect.stringMatching(/^Cannot build EchoFunction: .*echo\.ts:14:0?1?: ?.*Unexpected "}"/),
  });
  expect((await invoke('misbehaves', { way: 'none' })).answer).toMatchObject({ tickCount: 0 });

  await replaceFile(file, `import { parse } from 'yaml';\n${original.replace('text: ', "parsed: parse('in: layer'), text: ")}`);
  await until(() => rebuilt.length > 0);
  expect((await invoke('echo', { name: 'Ada' })).answer).toMatchObject({ text: 'Hello Ada', parsed: { in: 'layer' } });
});

/** To the function with these entry points: the package yaml, which is not in its bundle then. */
async function addLayer({ folder, templateFile }: Fixture, entryPoints: string): Promise<void> {
  const template = await readFile(templateFile, 'utf8');
  const layer = `
  YamlLayer:
    Type: AWS::Serverless::LayerVersion
    Properties:
      ContentUri: layer/
    Metadata:
      BuildMethod: nodejs24.x
`;
  const changed = template
    .replace(entryPoints, `${entryPoints}\n        External: [yaml]`)
    .replace('Handler: echo.handler', 'Handler: echo.handler\n      Layers: [!Ref YamlLayer]');
  await writeFile(templateFile, `${changed}${layer}`);
  await mkdir(join(folder, 'layer'));
  await writeFile(join(folder, 'layer', 'package.json'), JSON.stringify({ dependencies: { yaml: '*' } }));
}
