import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { BuildOptions, BuildResult } from 'esbuild';
import type { EsbuildModel } from '../template/model.ts';
import { type BuildFailure, messageLine, placeOf } from './build-error.ts';
import { esbuildFlags } from './esbuild-flags.ts';

/** Functions that are made from the same code in the same way. */
export interface BundlePlan {
  /** Of the first of them. */
  readonly logicalId: string;
  readonly codeFolder: string;
  readonly build: EsbuildModel;
}

/** As `sam build --build-in-source` calls esbuild; what it makes is kept in memory. @throws {TypeError} For a property that esbuild refuses. */
export function bundleOptions({ logicalId, codeFolder, build }: BundlePlan, outFolder: string): BuildOptions {
  return {
    ...esbuildFlags(build.properties),
    entryPoints: build.entryPoints.map((entryPoint) => fileOf(entryPoint, codeFolder)),
    absWorkingDir: codeFolder,
    // As deep as the folder that it is written to, so that source maps find their sources.
    outdir: join(outFolder, logicalId),
    bundle: true,
    platform: 'node',
    write: false,
    logLevel: 'silent',
  };
}

/** SAM takes a file without its extension for a .ts file, else for a .js file. */
function fileOf(entryPoint: string, codeFolder: string): string {
  if (extname(entryPoint) !== '') return entryPoint;
  return existsSync(join(codeFolder, `${entryPoint}.js`)) && !existsSync(join(codeFolder, `${entryPoint}.ts`))
    ? `${entryPoint}.js`
    : `${entryPoint}.ts`;
}

/** What went wrong in a build, or nothing. */
export function bundleFailure(
  { codeFolder, build }: BundlePlan,
  { errors }: Pick<BuildResult, 'errors'>,
): BuildFailure | undefined {
  const [first] = errors;
  if (first === undefined) return undefined;
  const missing = build.entryPoints.find((entryPoint) => !existsSync(join(codeFolder, fileOf(entryPoint, codeFolder))));
  if (missing !== undefined) {
    return {
      why: `its entry point ${missing} is not in ${codeFolder}; create it, or correct EntryPoints or Handler`,
      cause: first,
    };
  }
  const lines = errors.map((message) => messageLine(message, codeFolder)).join('\n  ');
  const place = first.location === null ? undefined : placeOf(first.location, codeFolder);
  return { why: `${lines}; correct the code`, place, cause: first };
}
