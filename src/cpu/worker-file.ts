import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { WorkerFileError } from '../errors.ts';

/** What `lambda-parallel/worker` is on disk: build tools that take files for entry points, as SAM does, want this name. */
const PISCINA_WORKER_ENTRY = 'node_modules/lambda-parallel/dist/worker.cjs';

/** Piscina starts its threads with a file of this name beside its own code. */
const PISCINA_WORKER_FILE = 'worker.js';

/** What Piscina's worker says when it is ready: a string, so minifying leaves it as it is. */
const PISCINA_WORKER_MARK = '_WORKER_READY';

/** What compilers and bundlers make of a source file, the likeliest first. esbuild makes `.js` of `.mts` and `.cts` too. */
const BUILT_EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  '.mts': ['.mjs', '.js', '.cjs'],
  '.cts': ['.cjs', '.js', '.mjs'],
};
const BUILT_FROM_TS = ['.js', '.mjs', '.cjs'];

/**
 * The file of a worker, wherever the build has put it: as the URL says (TypeScript that runs as it is), built in the same folder,
 * or, in a bundle, flat beside the bundle.
 *
 * @param workerUrl - `new URL('./workers/resize.worker.ts', import.meta.url)`, of the source file.
 * @param moduleUrl - Of this library's code: its own module, or the bundle that it is part of.
 * @throws {TypeError} If it is not a `file:` URL.
 * @throws {WorkerFileError} If there is no such file; it says what was tried and what to add to the build.
 */
export function resolveWorkerFile(workerUrl: URL, moduleUrl: string | undefined = ownModuleUrl()): string {
  const source = filePath(workerUrl);
  const bundle = bundleFile(moduleUrl);
  const tried = [source, ...built(source)];
  if (bundle !== undefined)
    tried.push(...built(join(dirname(bundle), basename(source))).filter((file) => !isTaken(file, bundle)));
  const candidates = [...new Set(tried)];
  const found = candidates.find(isFile);
  if (found !== undefined) return found;
  throw new WorkerFileError(
    `Cannot find the worker file ${basename(source)}: there is none of ${candidates.join(', ')}; ${nextStep(source, bundle)}`,
  );
}

/**
 * Makes sure that a bundle has Piscina's worker beside it, because Piscina would fail in each thread, or run in its place
 * whatever else is called `worker.js`. Unbundled, there is nothing to check.
 *
 * @throws {WorkerFileError} If the file is missing or is something else.
 */
export function assertPiscinaWorker(moduleUrl: string | undefined = ownModuleUrl()): void {
  const bundle = bundleFile(moduleUrl);
  if (bundle === undefined) return;
  const file = join(dirname(bundle), PISCINA_WORKER_FILE);
  if (!isFile(file)) {
    throw new WorkerFileError(
      `Cannot start worker threads: the bundle has no ${file}, which every thread runs; add "${PISCINA_WORKER_ENTRY}" to the build's entry points, with the output name "worker"`,
    );
  }
  if (!readFileSync(file, 'utf8').includes(PISCINA_WORKER_MARK)) {
    throw new WorkerFileError(
      `Cannot start worker threads: ${file} is not the worker of lambda-parallel; give your own file another name, and add "${PISCINA_WORKER_ENTRY}" to the build's entry points, with the output name "worker"`,
    );
  }
}

/** `import.meta.url`; in a CommonJS bundle without it, what CommonJS has instead. */
function ownModuleUrl(): string | undefined {
  if (import.meta.url) return import.meta.url;
  return typeof __filename === 'string' ? pathToFileURL(__filename).href : undefined;
}

/** The bundle that this library is part of; `undefined` where it is not bundled. */
function bundleFile(moduleUrl: string | undefined): string | undefined {
  if (moduleUrl === undefined) {
    throw new WorkerFileError(
      'Cannot tell where the bundle is: import.meta.url is undefined in it; build it as the section "Bundling" in the README of lambda-parallel has it',
    );
  }
  return /\/cpu\/worker-file\.[jt]s$/.test(new URL(moduleUrl).pathname) ? undefined : fileURLToPath(moduleUrl);
}

function filePath(workerUrl: URL): string {
  if (!(workerUrl instanceof URL) || workerUrl.protocol !== 'file:') {
    throw new TypeError(
      `Cannot load a worker from ${String(workerUrl)}: it is not a file: URL; pass new URL('./resize.worker.ts', import.meta.url)`,
    );
  }
  return fileURLToPath(workerUrl);
}

function built(source: string): string[] {
  const extension = extname(source);
  const stem = source.slice(0, source.length - extension.length);
  return (BUILT_EXTENSIONS[extension] ?? BUILT_FROM_TS).map((builtExtension) => stem + builtExtension);
}

/** Names beside the bundle that are never a worker's: a handler loaded in a thread would start a pool of its own there. */
function isTaken(file: string, bundle: string): boolean {
  return file === bundle || basename(file) === PISCINA_WORKER_FILE;
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

function nextStep(source: string, bundle: string | undefined): string {
  if (bundle === undefined) return 'check the path, which is relative to the file that calls new URL()';
  const entry = relative(dirname(bundle), source).replaceAll(sep, '/');
  return `add "${entry}", as seen from the handler's file, to the build's entry points, beside the handler and "${PISCINA_WORKER_ENTRY}"`;
}
