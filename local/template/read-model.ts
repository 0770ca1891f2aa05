import { readGlobals } from './globals.ts';
import { BUCKET_TYPE, FUNCTION_TYPE, LAYER_TYPE } from './kinds/kinds.ts';
import type { StackIdentity } from './kinds/resource-kind.ts';
import type { FunctionModel, LayerModel, TemplateModel } from './model.ts';
import { readParameters } from './parameters.ts';
import { readProperties } from './property-reader.ts';
import { readBucket, type Target } from './readers/read-bucket.ts';
import { byBucket } from './readers/read-events.ts';
import { readFunction } from './readers/read-function.ts';
import { readLayer } from './readers/read-layer.ts';
import type { Resource } from './resource.ts';
import { readOutputs } from './sections/read-outputs.ts';
import { assertNamesDiffer, readResources } from './sections/read-resources.ts';
import { assertSections } from './sections/sections.ts';
import { asMap } from './source/read-value.ts';
import type { MapNode, TemplateNode } from './source/template-node.ts';
import { StackScope } from './stack-scope.ts';
import type { Problems } from './template-error.ts';

interface Given {
  readonly parameters: Readonly<Record<string, string>>;
  readonly templateFolder: string;
  readonly identity: StackIdentity;
}

/** What a template says. What is wrong with it is in `problems`; then the model is of no use. */
export function readModel(top: MapNode<TemplateNode>, given: Given, problems: Problems): TemplateModel {
  assertSections(top, problems);
  const sectionOf = (name: string): ReadonlyMap<string, TemplateNode> => {
    const node = top.entries.get(name);
    return (node && problems.attempt(() => asMap(node).entries)) ?? new Map();
  };
  const parameters = readParameters(top.entries.get('Parameters'), given.parameters, problems);
  const conditions = sectionOf('Conditions');
  const scope = new StackScope(given.identity, parameters, conditions, sectionOf('Mappings'));
  for (const [name, node] of conditions) problems.attempt(() => scope.condition(name, node));
  const resources = readResources(sectionOf('Resources'), readGlobals(top.entries.get('Globals'), problems), scope, problems);
  const model = readParts(resources, scope, given.templateFolder, problems);
  assertNamesDiffer(resources, scope, problems);
  return { ...model, outputs: readOutputs(sectionOf('Outputs'), scope, problems) };
}

function readParts(
  resources: readonly Resource[],
  scope: StackScope,
  templateFolder: string,
  problems: Problems,
): Pick<TemplateModel, 'functions' | 'buckets'> {
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  const layers = new Map<string, LayerModel>();
  for (const resource of ofType(LAYER_TYPE)) {
    const layer = readLayer(resource, scope, templateFolder, problems);
    const arn = problems.attempt(() => scope.reference(resource.logicalId, resource.place));
    if (arn?.kind === 'scalar') layers.set(arn.text, layer);
  }
  const bucketNames = new Set(ofType(BUCKET_TYPE).flatMap((bucket) => problems.attempt(() => scope.physicalName(bucket)) ?? []));
  const functions = ofType(FUNCTION_TYPE).map((resource) =>
    readFunction(resource, scope, { templateFolder, layers, bucketNames }, problems),
  );
  const models = functions.map(({ model }) => model);
  const targets = targetsOf(models, scope.identity);
  const fromEvents = byBucket(functions.map(({ model, events }) => [aliasOf(model), events]));
  const buckets = ofType(BUCKET_TYPE).map((resource) => readBucket(resource, scope, { targets, fromEvents }, problems));
  for (const resource of resources) {
    if (![LAYER_TYPE, FUNCTION_TYPE, BUCKET_TYPE].includes(resource.type)) readProperties(resource, scope, problems);
  }
  return { functions: models, buckets };
}

/** SAM connects events with the alias, where there is one. */
function aliasOf({ logicalId, aliasName }: FunctionModel): Target {
  return aliasName === undefined ? { functionLogicalId: logicalId } : { functionLogicalId: logicalId, qualifier: aliasName };
}

function targetsOf(functions: readonly FunctionModel[], { region, accountId }: StackIdentity): ReadonlyMap<string, Target> {
  const targets = new Map<string, Target>();
  for (const model of functions) {
    const arn = `arn:aws:lambda:${region}:${accountId}:function:${model.functionName}`;
    targets.set(arn, { functionLogicalId: model.logicalId });
    if (model.aliasName !== undefined) targets.set(`${arn}:${model.aliasName}`, aliasOf(model));
  }
  return targets;
}
