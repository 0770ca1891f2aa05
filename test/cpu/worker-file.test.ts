import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { WorkerFileError } from 'lambda-parallel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assertPiscinaWorker, resolveWorkerFile } from '../../src/cpu/worker-file.ts';

let folder: string;
let bundleUrl: string;
let unbundledUrl: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'worker-file-'));
  bundleUrl = urlOf('resize.js');
  unbundledUrl = urlOf('node_modules/lambda-parallel/dist/cpu/worker-file.js');
});

afterEach(() => rmSync(folder, { recursive: true }));

const pathOf = (file: string): string => join(folder, file);
const urlOf = (file: string): string => pathToFileURL(pathOf(file)).href;

/** Every bundled worker has the library's name in it. */
function write(file: string, content = 'lambda-parallel'): void {
  mkdirSync(dirname(pathOf(file)), { recursive: true });
  writeFileSync(pathOf(file), content);
}

describe('resolveWorkerFile', () => {
  /** As `new URL('./workers/crop.worker.ts', import.meta.url)` in the file `resize`. */
  const resolve = (specifier: string, moduleUrl = bundleUrl): string =>
    resolveWorkerFile(new URL(specifier, bundleUrl), moduleUrl);

  test('takes the file that the URL names where it exists', () => {
    write('workers/crop.worker.ts');
    write('workers/crop.worker.js');
    expect(resolve('./workers/crop.worker.ts', unbundledUrl)).toBe(pathOf('workers/crop.worker.ts'));
  });

  test.each(['unbundled', 'bundled'])('takes the built file in the same folder, %s', (how) => {
    write('workers/crop.worker.js');
    write('crop.worker.js');
    const moduleUrl = how === 'bundled' ? bundleUrl : unbundledUrl;
    expect(resolve('./workers/crop.worker.ts', moduleUrl)).toBe(pathOf('workers/crop.worker.js'));
  });

  test('refuses another file of that name beside the bundle, at cold start', () => {
    write('crop.worker.js', 'export default (input) => input;');
    expect(() => resolve('./workers/crop.worker.ts')).toThrow(
      /^Cannot use .*crop\.worker\.js as a worker: it has nothing of lambda-parallel in it; write export default defineWorker/,
    );
  });

  test.each([
    ['crop.worker.ts', 'crop.worker.js'],
    ['crop.worker.ts', 'crop.worker.mjs'],
    ['crop.worker.ts', 'crop.worker.cjs'],
    ['crop.mts', 'crop.mjs'],
    ['crop.mts', 'crop.js'],
    ['crop.cts', 'crop.cjs'],
    ['crop.js', 'crop.mjs'],
    ['two words ü#.ts', 'two words ü#.js'],
  ])('finds what %s becomes beside the bundle: %s', (source, output) => {
    write(output);
    expect(resolve(`../somewhere/else/${encodeURIComponent(source)}`)).toBe(pathOf(output));
  });

  test('looks beside the bundle only where there is a bundle', () => {
    write('node_modules/lambda-parallel/dist/cpu/crop.worker.js');
    expect(() => resolve('./workers/crop.worker.ts', unbundledUrl)).toThrow(WorkerFileError);
  });

  test('takes neither a folder nor the bundle itself nor the worker of Piscina', () => {
    write('resize.js');
    write('worker.js');
    mkdirSync(pathOf('crop.worker.js'));
    for (const source of ['./workers/resize.ts', './workers/crop.worker.ts', './workers/worker.ts', './worker.ts']) {
      expect(() => resolve(source)).toThrow(WorkerFileError);
    }
    expect(() => resolve('./worker.ts')).toThrow('give it another name');
  });

  test('says of a missing file what was tried and what to add to the build', () => {
    const error = thrownBy(() => resolve('./workers/crop.worker.ts'));
    expect(error).toMatchObject({ name: 'WorkerFileError', code: 'ERR_PARALLEL_WORKER_FILE' });
    expect(error.message).toContain(
      [
        'workers/crop.worker.ts',
        'workers/crop.worker.js',
        'workers/crop.worker.mjs',
        'workers/crop.worker.cjs',
        'crop.worker.js',
        'crop.worker.mjs',
        'crop.worker.cjs',
      ]
        .map(pathOf)
        .join(', '),
    );
    expect(error.message).toContain(
      'add "workers/crop.worker.ts", as seen from the handler\'s file, to the build\'s entry points',
    );
  });

  test('says of a missing file without a bundle to check the path', () => {
    const error = thrownBy(() => resolve('./workers/crop.worker.ts', unbundledUrl));
    expect(error.message).toContain('check the path');
    expect(error.message).not.toContain('build');
  });

  test.each([
    [new URL('https://example.com/crop.ts'), 'https://example.com/crop.ts'],
    [new URL('data:text/javascript,'), 'data:text/javascript,'],
    ['./workers/crop.worker.ts', './workers/crop.worker.ts'],
    [undefined, 'undefined'],
  ])('throws a TypeError for %s, which is no file: URL', (workerUrl, shown) => {
    const error = thrownBy(() => resolveWorkerFile(workerUrl as URL, bundleUrl));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain(shown);
  });

  test('knows that it is not bundled here', () => {
    const here = new URL(import.meta.url);
    expect(resolveWorkerFile(here)).toBe(fileURLToPath(here));
    expect(() => assertPiscinaWorker()).not.toThrow();
  });
});

describe('assertPiscinaWorker', () => {
  test('is content without a bundle, and with the worker of Piscina beside it', () => {
    expect(() => assertPiscinaWorker(unbundledUrl)).not.toThrow();
    write('worker.js', 'exports.READY = "_WORKER_READY";');
    expect(() => assertPiscinaWorker(bundleUrl)).not.toThrow();
  });

  test('says of a missing worker.js what to add to the build', () => {
    const error = thrownBy(() => assertPiscinaWorker(bundleUrl));
    expect(error).toBeInstanceOf(WorkerFileError);
    expect(error.message).toContain(pathOf('worker.js'));
    expect(error.message).toContain('node_modules/lambda-parallel/dist/worker.cjs');
  });

  test('says of a worker.js of somebody else that it is in the way', () => {
    write('worker.js', 'export default () => 1;');
    const error = thrownBy(() => assertPiscinaWorker(bundleUrl));
    expect(error).toBeInstanceOf(WorkerFileError);
    expect(error.message).toContain(pathOf('worker.js'));
    expect(error.message).toContain('another name');
  });
});

function thrownBy(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('Expected it to throw');
}
