import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type FunctionWatch, watchFunctions } from '../../../local/build/build-functions.ts';
import type { BuildOutcome } from '../../../local/build/build-outcome.ts';
import type { FunctionModel } from '../../../local/template/model.ts';
import { runScript } from '../../helpers/run-script.ts';
import { codeFixture } from './code-fixture.ts';
import { functionModel } from './function-model.ts';
import { loadHandler } from './load-handler.ts';

/** A watch whose outcomes a test takes one by one. */
async function watched(functions: readonly FunctionModel[], outFolder: string) {
  const outcomes: BuildOutcome[] = [];
  let arrived = Promise.withResolvers<void>();
  const onOutcome = (outcome: BuildOutcome): void => {
    outcomes.push(outcome);
    arrived.resolve();
  };
  const watch: FunctionWatch = await watchFunctions({ functions }, { outFolder, onOutcome });
  async function next(): Promise<BuildOutcome> {
    while (outcomes.length === 0) {
      await arrived.promise;
      arrived = Promise.withResolvers<void>();
    }
    return outcomes.shift() as BuildOutcome;
  }
  return { watch, next };
}

const greet = (word: string) => `export const greeting = (name: string): string => '${word} ' + name;\n`;
const build = { entryPoints: ['images.ts'], properties: { Define: ['import.meta.url="here"', 'MODE="test"'] } };

test('a change is a new artefact for each function made from it; what it breaks is told, and what mends it', async () => {
  await using fixture = await codeFixture();
  const model = functionModel({ ...fixture, build });
  const { watch, next } = await watched([model, { ...model, logicalId: 'OtherFunction' }], fixture.outFolder);
  await using _ = watch;
  const [first] = watch.outcomes;
  expect(watch.outcomes.map(({ status }) => status)).toEqual(['built', 'built']);

  await writeFile(join(fixture.codeFolder, 'greeting.ts'), greet('Bye'));
  const changed = await next();
  if (changed.status !== 'built' || first?.status !== 'built') throw new Error('Expected both to be built');
  expect(changed.taskRoot).not.toBe(first.taskRoot);
  expect(await loadHandler(changed, { name: 'Ada' })).toMatchObject({ text: 'Bye Ada' });
  expect(await loadHandler(first, { name: 'Ada' })).toMatchObject({ text: 'Hello Ada' });
  expect((await next()).model.logicalId).toBe('OtherFunction');

  await writeFile(join(fixture.codeFolder, 'greeting.ts'), 'export const greeting = }');
  const broken = await next();
  expect(broken).toMatchObject({ status: 'failed', error: { place: { line: 1 } } });
  await next();

  await writeFile(join(fixture.codeFolder, 'greeting.ts'), greet('Hi'));
  expect((await next()).status).toBe('built');
});

test('a handler that was not there is built when it comes', async () => {
  await using fixture = await codeFixture();
  const file = join(fixture.codeFolder, 'images.ts');
  await rm(file);
  const { watch, next } = await watched([functionModel(fixture)], fixture.outFolder);
  await using _ = watch;
  expect(watch.outcomes[0]).toMatchObject({
    status: 'failed',
    error: { message: expect.stringContaining('entry point images.ts') },
  });
  await writeFile(file, 'export const handler = () => 1;');
  expect((await next()).status).toBe('built');
});

test('code that is deployed as it is, is copied anew', async () => {
  await using fixture = await codeFixture();
  const model = functionModel({ ...fixture, build: undefined, handler: 'plain.handler' });
  const { watch, next } = await watched([model], fixture.outFolder);
  await using _ = watch;
  await writeFile(join(fixture.codeFolder, 'plain.mjs'), 'export const handler = () => "changed";');
  const changed = await next();
  if (changed.status !== 'built') throw changed.error;
  expect(await loadHandler(changed, {})).toBe('changed');
});

test('close() leaves nothing running: the process ends by itself', async () => {
  await using fixture = await codeFixture();
  const model = functionModel(fixture);
  const functions = [model, { ...model, logicalId: 'PlainFunction', build: undefined, handler: 'plain.handler' }];
  const options = `{ outFolder: ${JSON.stringify(fixture.outFolder)}, onOutcome() {} }`;
  const code = `
    import { execFileSync } from 'node:child_process';
    import { watchFunctions } from './local/build/build-functions.ts';
    const processes = () => execFileSync('ps', ['-A', '-o', 'ppid=,comm='], { encoding: 'utf8' }).split('\\n');
    const builders = () => processes().filter((line) => line.trim().startsWith(process.pid + ' ') && line.includes('esbuild')).length;
    const watch = await watchFunctions({ functions: ${JSON.stringify(functions)} }, ${options});
    const before = builders();
    await watch.close();
    await watch.close();
    // It has been told to end, and takes a moment.
    while (builders() > 0) await new Promise(setImmediate);
    console.log(watch.outcomes.map(({ status }) => status).join(), before);
  `;
  expect(await runScript(code)).toMatchObject({ exitCode: 0, stdout: 'built,built 1\n', stderr: '' });
});
