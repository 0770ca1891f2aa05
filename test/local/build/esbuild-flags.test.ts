import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { buildFunctions } from '../../../local/build/build-functions.ts';
import { esbuildFlags } from '../../../local/build/esbuild-flags.ts';
import type { EsbuildModel } from '../../../local/template/model.ts';
import { codeFixture } from './code-fixture.ts';
import { functionModel } from './function-model.ts';

const DEFAULTS = { target: 'es2020', format: 'cjs', minify: true };

test.each<[EsbuildModel['properties'], object]>([
  [{}, DEFAULTS],
  [{ Minify: false }, { target: 'es2020', format: 'cjs' }],
  [
    { Target: 'es2022,node24', Format: 'esm' },
    { target: ['es2022', 'node24'], format: 'esm', minify: true },
  ],
  [{ External: ['sharp', '@aws-sdk/*'] }, { ...DEFAULTS, external: ['sharp', '@aws-sdk/*'] }],
  [{ Define: ['import.meta.url=__url', 'A.B="="'] }, { ...DEFAULTS, define: { 'import.meta.url': '__url', 'A.B': '"="' } }],
  [
    { Banner: ['js=const a = 1;'], Footer: ['js=b'] },
    { ...DEFAULTS, banner: { js: 'const a = 1;' }, footer: { js: 'b' } },
  ],
  [
    { Loader: ['.html=text'], OutExtension: ['.js=.mjs'] },
    { ...DEFAULTS, loader: { '.html': 'text' }, outExtension: { '.js': '.mjs' } },
  ],
  [{ Sourcemap: true }, { ...DEFAULTS, sourcemap: true }],
  [
    { Sourcemap: 'inline', SourcesContent: 'false' },
    { ...DEFAULTS, sourcemap: 'inline', sourcesContent: false },
  ],
  // As on its command line, where SAM leaves false out.
  [{ SourcesContent: false }, DEFAULTS],
  [
    { Packages: 'external', KeepNames: true, MainFields: 'module,main' },
    { ...DEFAULTS, packages: 'external', keepNames: true, mainFields: ['module', 'main'] },
  ],
  [
    { Conditions: 'lambda-parallel-source', EntryNames: '[name]' },
    { ...DEFAULTS, conditions: ['lambda-parallel-source'], entryNames: '[name]' },
  ],
  [
    { Supported: ['bigint=false'], LineLimit: '80' },
    { ...DEFAULTS, supported: { bigint: false }, lineLimit: 80 },
  ],
  [{ UseNpmCi: true, Bundle: false, Platform: 'browser', Outdir: 'x', LogLevel: 'debug' }, DEFAULTS],
])('esbuildFlags(%j) is %j', (properties, options) => {
  expect(esbuildFlags(properties)).toEqual(options);
});

test.each<[EsbuildModel['properties'], string]>([
  [{ Bogus: true }, 'build property Bogus must be a flag of esbuild, as the command line of esbuild has it: true'],
  [{ External: 'sharp' }, 'build property External must be a list, as the command line of esbuild has it: "sharp"'],
  [{ Conditions: ['a'] }, 'build property Conditions must be one text, as the command line of esbuild has it: a list of 1'],
  [
    { Define: ['A'] },
    'build property Define must be a list of <name>=<value>, as the command line of esbuild has it: a list of 1',
  ],
  [{ Minify: 'maybe' }, 'build property Minify must be true or false, as the command line of esbuild has it: "maybe"'],
])('esbuildFlags(%j) is an error that says so', (properties, message) => {
  expect(() => esbuildFlags(properties)).toThrow(new TypeError(message));
});

test('what is built is byte for byte what the command of sam build makes', async () => {
  await using fixture = await codeFixture();
  const { codeFolder, outFolder } = fixture;
  const properties = {
    Define: ['import.meta.url=__url', 'MODE="x"'],
    Banner: ['js=const __url = 1;'],
    EntryNames: '[name]',
    Sourcemap: true,
  };
  const entryPoints = ['images.ts', 'workers/count.worker.ts'];
  const [outcome] = await buildFunctions(
    { functions: [functionModel({ codeFolder, build: { entryPoints, properties } })] },
    { outFolder },
  );
  if (outcome?.status !== 'built') throw outcome?.error;

  const outdir = join(outFolder, 'by-command');
  const flags = ['--bundle', '--platform=node', `--outdir=${outdir}`, '--target=es2020', '--format=cjs', '--minify'];
  const own = [
    '--define:import.meta.url=__url',
    '--define:MODE="x"',
    '--banner:js=const __url = 1;',
    '--entry-names=[name]',
    '--sourcemap',
  ];
  await promisify(execFile)(resolve('node_modules/esbuild/bin/esbuild'), [...entryPoints, ...flags, ...own], { cwd: codeFolder });
  for (const file of ['images.js', 'images.js.map', 'count.worker.js', 'count.worker.js.map']) {
    expect(await readFile(join(outcome.taskRoot, basename(file)), 'utf8'), file).toBe(await readFile(join(outdir, file), 'utf8'));
  }
});
