import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';

const run = promisify(execFile);

/** What a test changes in a recipe before it follows it. */
export interface Change {
  /** Entry points, by what their names contain: another one instead, or none. */
  readonly entryPoints?: Readonly<Record<string, string | undefined>>;
  readonly minify?: boolean;
  /** SAM only: build properties, by name. */
  readonly properties?: Readonly<Record<string, string | string[] | boolean | undefined>>;
}

/** Builds the project as the README says, and returns the folder that is to be deployed. */
export type Recipe = (project: string, change?: Change) => Promise<string>;

/** What the README says about bundling. */
export const section = (await readFile('README.md', 'utf8')).match(/^### Bundling\n(.*?)^### /ms)?.[1] ?? '';

function fence(language: string): string {
  const [, code, ...others] = section.split(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms'));
  if (code === undefined || others.length !== 1) throw new Error(`Expected one ${language} block in the section "Bundling"`);
  return code;
}

/** As `sam build` does it: aws-lambda-builders 1.67, workflows/nodejs_npm_esbuild/esbuild.py. */
export const sam: Recipe = async (project, { entryPoints = {}, minify, properties = {} } = {}) => {
  const template = parse(fence('yaml')).ChecksumsFunction;
  const { EntryPoints, ...options } = { ...template.Metadata.BuildProperties, ...properties };
  if (minify !== undefined) options.Minify = minify;
  const files: string[] = changed(EntryPoints, entryPoints);
  for (const file of files) if (!existsSync(join(project, file))) throw new Error(`entry point ${file} does not exist`);
  const defaults = { Target: 'es2020', Format: 'cjs', Minify: true };
  const flags = Object.entries({ ...defaults, ...options }).flatMap(([name, value]) => samFlags(name, value));
  const outdir = await empty(join(project, 'artifacts'));
  const args = [...files, '--bundle', '--platform=node', `--outdir=${outdir}`, ...flags];
  await run(join(project, 'node_modules', 'esbuild', 'bin', 'esbuild'), args, { cwd: project });
  return outdir;
};

/** SAM passes any property on: `true` as a flag, a string as its value, a list as one flag each. */
function samFlags(name: string, value: unknown): string[] {
  const flag = `--${name.replace(/(?<!^)(?=[A-Z])/g, '-').toLowerCase()}`;
  if (typeof value === 'boolean') return value ? [flag] : [];
  if (typeof value === 'string') return [`${flag}=${value}`];
  return Array.isArray(value) ? value.map((item) => `${flag}:${item}`) : [];
}

/** The build script, as printed but for what a test changes. */
export const buildScript: Recipe = async (project, { entryPoints = {}, minify = true } = {}) => {
  const script = fence('js')
    .replace(/(?<=entryPoints: )\[.*\]/, (list) => JSON.stringify(changed(JSON.parse(list.replaceAll("'", '"')), entryPoints)))
    .replace('minify: true', `minify: ${minify}`);
  const outdir = await empty(join(project, 'dist'));
  await writeFile(join(project, 'build.mjs'), script);
  await run(process.execPath, ['build.mjs'], { cwd: project });
  return outdir;
};

/** What an earlier build left would do for what this one lacks. */
async function empty(folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  return folder;
}

function changed(files: readonly string[], changes: Required<Change>['entryPoints']): string[] {
  return files.flatMap((file) => {
    const [change] = Object.entries(changes).filter(([part]) => file.includes(part));
    return change === undefined ? [file] : (change[1] ?? []);
  });
}
