import { chmod, lstat, mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replaceFile } from '../../../power-tuning/command/replace-file.ts';
import { saveTuning } from '../../../power-tuning/command/save-tuning.ts';
import { tuning } from '../print/setting-results.ts';
import { makeTuneFolder } from './tune-program.ts';

test('saveTuning() names the file by function, place, region, architecture and time, and leaves nothing beside it', async () => {
  await using folder = await makeTuneFolder();
  const file = await saveTuning(tuning(), folder.results);
  expect(file).toBe(join(folder.results, 'monte-carlo.local.us-east-1.arm64.2026-11-27T09-30-00Z.json'));
  expect(await readdir(folder.results)).toHaveLength(1);
  expect(await readFile(file, 'utf8')).toBe(`${JSON.stringify(tuning(), null, 2)}\n`);
});

test('saveTuning() that cannot write says where, and what to do', async () => {
  await using folder = await makeTuneFolder();
  const results = await folder.write('results', 'a file');
  await expect(saveTuning(tuning(), results)).rejects.toThrow(
    /^Cannot save the result as .*; choose another folder with --results$/,
  );
});

test('replaceFile() keeps a link and the mode of its file', async () => {
  await using folder = await makeTuneFolder();
  const file = await folder.write('file', 'old');
  await chmod(file, 0o640);
  const link = join(folder.path, 'link');
  await symlink(file, link);
  await replaceFile(link, 'new');
  expect(await readFile(file, 'utf8')).toBe('new');
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect((await stat(file)).mode & 0o777).toBe(0o640);
});

test('replaceFile() that fails leaves nothing behind', async () => {
  await using folder = await makeTuneFolder();
  await mkdir(join(folder.path, 'taken'));
  await expect(replaceFile(join(folder.path, 'taken'), 'new')).rejects.toThrow();
  expect(await readdir(folder.path)).toEqual(['taken']);
});
