import type { LayerModel, Runtime } from '../model.ts';
import { readProperties } from '../property-reader.ts';
import type { Resource } from '../resource.ts';
import { oneOf } from '../source/read-value.ts';
import type { StackScope } from '../stack-scope.ts';
import type { Problems } from '../template-error.ts';
import { folderOf } from './folder.ts';
import { buildMetadataOf } from './read-build.ts';

export const RUNTIMES: readonly Runtime[] = ['nodejs24.x', 'nodejs22.x'];

export function readLayer(resource: Resource, scope: StackScope, templateFolder: string, problems: Problems): LayerModel {
  const properties = readProperties(resource, scope, problems);
  problems.attempt(() => scope.physicalName(resource));
  const buildMethod = problems.attempt(() => {
    // Of its build properties SAM reads UseNpmCi alone, and nothing is installed here.
    const { method } = buildMetadataOf(resource, scope);
    return method && oneOf(method, RUNTIMES);
  });
  const contentFolder = properties.need('ContentUri', '', (value) => folderOf(value, templateFolder));
  return { logicalId: resource.logicalId, contentFolder, buildMethod };
}
