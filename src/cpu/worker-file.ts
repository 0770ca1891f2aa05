import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { WorkerFileError } from '../errors.ts';
import { THREAD_DATA } from './protocol.ts';

/** By its name, and by its file for build tools that take only files for entry points, as SAM does. */
const PISCINA_WORKER_ENTRY = '"lambda-parallel/worker" (for SAM: "node_modules/lambda-parallel/dist/worker.cjs")';

/** Ends the messages that are about a build. */
const IN_ONE_FOLDER = `and let all outputs be in one folder (EntryNames: '[name]'), as "Bundling" in the README of lambda-parallel has it`;

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
 * @throws {WorkerFileError} If there is no such file, or another one of that name in a bundle; it says what was tried and what to
 * add to the build.
 */
export function resolveWorkerFile(workerUrl: URL, moduleUrl: string | undefined = ownModuleUrl()): string {
  const source = filePath(workerUrl);
  const bundle = bundleFile(moduleUrl);
  const candidates = new Set([source, ...built(source)]);
  if (bundle !== undefined) {
    for (const file of built(join(dirname(bundle), basename(source)))) candidates.add(file);
    // Never a worker's: a handler that is loaded in a thread would start threads of its own there.
    for (const taken of [bundle, piscinaWorkerBeside(bundle)]) candidates.delete(taken);
  }
  const tried = [...candidates];
  const found = tried.find(isFile);
  if (found !== undefined) {
    if (bundle !== undefined) assertWorker(found);
    return found;
  }
  throw new WorkerFileError(
    `Cannot find the worker file ${basename(source)}: there is none of ${tried.join(', ')}; ${nextStep(source, bundle)}`,
  );
}

/** In a bundle each worker file brings `defineWorker` along. Elsewhere it may come from a file that this one only passes on. */
function assertWorker(file: string): void {
  if (readFileSync(file, 'utf8').includes(THREAD_DATA)) return;
  throw new WorkerFileError(
    `Cannot use ${file} as a worker: it has nothing of lambda-parallel in it; write export default defineWorker((input) => output) there, or give the worker a file name of its own in the build`,
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
  const file = piscinaWorkerBeside(bundle);
  if (!isFile(file)) {
    throw new WorkerFileError(
      `Cannot start worker threads: there is no ${file}, which every thread runs; add ${PISCINA_WORKER_ENTRY} to the build's entry points, ${IN_ONE_FOLDER}`,
    );
  }
  if (!readFileSync(file, 'utf8').includes(PISCINA_WORKER_MARK)) {
    throw new WorkerFileError(
      `Cannot start worker threads: ${file} is another file than lambda-parallel's, which every thread runs; give it another name, add ${PISCINA_WORKER_ENTRY} to the build's entry points, ${IN_ONE_FOLDER}`,
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
      'Cannot tell where the bundle is: it has neither import.meta.url nor __filename; build it as "Bundling" in the README of lambda-parallel has it',
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

/** Piscina starts its threads with a file of this name beside its own code. */
function piscinaWorkerBeside(bundle: string): string {
  return join(dirname(bundle), 'worker.js');
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

function nextStep(source: string, bundle: string | undefined): string {
  if (bundle === undefined) return 'check the path, which is relative to the file that calls new URL()';
  if (built(source).includes(join(dirname(source), 'worker.js'))) {
    return 'give it another name, because worker.js is the file that every thread runs';
  }
  const entry = relative(dirname(bundle), source).replaceAll(sep, '/');
  return `add "${entry}", as seen from the handler's file, to the build's entry points, ${IN_ONE_FOLDER}`;
}
