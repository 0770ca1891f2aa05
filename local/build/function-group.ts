import type { FunctionModel, LayerModel } from '../template/model.ts';
import { BuildError, type BuildFailure } from './build-error.ts';
import type { BuildOutcome } from './build-outcome.ts';
import { handlerIn } from './find-handler.ts';
import { layerFolder } from './layer-folder.ts';

/** Functions with the same code, built in the same way: once for all of them. */
export interface FunctionGroup {
  readonly functions: readonly FunctionModel[];
  /** Their first. */
  readonly lead: FunctionModel;
}

export function groupsOf(functions: readonly FunctionModel[]): readonly FunctionGroup[] {
  const groups = Map.groupBy(functions, ({ codeFolder, build }) => JSON.stringify([codeFolder, build]));
  return [...groups.values()].flatMap((members) => (members[0] === undefined ? [] : [{ functions: members, lead: members[0] }]));
}

/** What the layers of functions came to, by logical id. */
export type LayerFolders = ReadonlyMap<string, string | TypeError>;

export async function layerFoldersOf(functions: readonly FunctionModel[], outFolder: string): Promise<LayerFolders> {
  const layers = new Map<string, LayerModel>();
  for (const layer of functions.flatMap(({ layers: ofFunction = [] }) => ofFunction)) layers.set(layer.logicalId, layer);
  const folders = new Map<string, string | TypeError>();
  for (const [logicalId, layer] of layers) {
    folders.set(logicalId, await layerFolder(layer, outFolder).catch((error: TypeError) => error));
  }
  return folders;
}

/** @param built - The folder with the code of the group, or why there is none. */
export function outcomesOf(
  { functions }: FunctionGroup,
  built: string | BuildFailure,
  layers: LayerFolders,
): readonly BuildOutcome[] {
  return functions.map((model) => {
    try {
      if (typeof built === 'object') throw new BuildError(model.logicalId, built);
      const handler = handlerIn(built, model);
      return { status: 'built', model: { ...model, handler, layerFolders: foldersFor(model, layers) }, taskRoot: built };
    } catch (error) {
      if (error instanceof BuildError) return { status: 'failed', model, error };
      throw error;
    }
  });
}

function foldersFor({ logicalId, layers: ofFunction, layerFolders }: FunctionModel, layers: LayerFolders): readonly string[] {
  if (ofFunction === undefined) return layerFolders;
  return ofFunction.map((layer) => {
    const folder = layers.get(layer.logicalId) ?? layer.contentFolder;
    if (typeof folder === 'string') return folder;
    throw new BuildError(logicalId, { why: `its layer ${layer.logicalId} cannot be made: ${folder.message}`, cause: folder });
  });
}
