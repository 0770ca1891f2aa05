import { existsSync, readFileSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LayerModel } from '../template/model.ts';
import { newFolder } from './artefact.ts';

/**
 * What is on `/opt`. SAM installs the packages of a layer with `BuildMethod: nodejs…` by npm; here they are linked from where they are
 * installed already, in the layer's own folder or in one above it, so nothing is downloaded. Others are what they contain.
 *
 * @returns Its folder.
 * @throws {TypeError} Names the package that is not installed, or is another version than the layer wants.
 */
export async function layerFolder({ logicalId, contentFolder, buildMethod }: LayerModel, outFolder: string): Promise<string> {
  if (buildMethod === undefined) return contentFolder;
  const manifest = join(contentFolder, 'package.json');
  if (!existsSync(manifest)) {
    const folder = await newFolder(outFolder, logicalId);
    await symlink(contentFolder, join(folder, 'nodejs'));
    return folder;
  }
  const { dependencies = {} }: { dependencies?: Readonly<Record<string, string>> } = JSON.parse(readFileSync(manifest, 'utf8'));
  const packages = Object.entries(dependencies).map(([name, version]) => ({
    name,
    source: installed(name, version, contentFolder),
  }));
  const folder = await newFolder(outFolder, logicalId);
  for (const { name, source } of packages) {
    if (source === undefined) continue;
    const link = join(folder, 'nodejs', 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(source, link);
  }
  return folder;
}

/** @returns Nothing for a binary of another machine, which need not be there. */
function installed(name: string, wanted: string, contentFolder: string): string | undefined {
  const found = foldersAbove(contentFolder)
    .map((folder) => join(folder, 'node_modules', name))
    .find((folder) => existsSync(join(folder, 'package.json')));
  if (found === undefined) {
    if (isForAnotherMachine(name, contentFolder)) return undefined;
    throw new TypeError(`its package ${name} is not installed in ${contentFolder} or above; run npm ci`);
  }
  const { version } = JSON.parse(readFileSync(join(found, 'package.json'), 'utf8'));
  // Of ranges npm knows what fits; a layer that names one version means it.
  if (/^\d/.test(wanted) && version !== wanted) {
    throw new TypeError(`its package ${name} must be ${wanted}: ${version} in ${found}; install the same version in both places`);
  }
  return found;
}

function isForAnotherMachine(name: string, contentFolder: string): boolean {
  const lockFile = join(contentFolder, 'package-lock.json');
  if (!existsSync(lockFile)) return false;
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'));
  const { os, cpu } = (packages?.[`node_modules/${name}`] ?? {}) as { os?: readonly string[]; cpu?: readonly string[] };
  return os?.includes(process.platform) === false || cpu?.includes(process.arch) === false;
}

function foldersAbove(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersAbove(parent)];
}
