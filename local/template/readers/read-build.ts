import { evaluateNeeded } from '../expressions/evaluate.ts';
import type { EsbuildModel } from '../model.ts';
import type { Resource } from '../resource.ts';
import { asMap, itemsOf, textOf } from '../source/read-value.ts';
import { shown } from '../source/shown.ts';
import type { MapNode, Value } from '../source/template-node.ts';
import type { StackScope } from '../stack-scope.ts';
import { ProblemAt } from '../template-error.ts';

/** What `sam build` reads of Metadata and nothing here does. All other keys are for other programs. */
const NOT_HERE = [
  'BuildArchitecture',
  'ContextPath',
  'DockerBuildArgs',
  'DockerBuildTarget',
  'DockerContext',
  'DockerTag',
  'Dockerfile',
  'ProjectRootDirectory',
  'WorkingDirectory',
];

/** `BuildMethod` and `BuildProperties`, where `SkipBuild` does not say otherwise. */
export interface BuildMetadata {
  readonly method: Value | undefined;
  readonly properties: MapNode<Value> | undefined;
}

/** @throws {ProblemAt} */
export function buildMetadataOf({ metadata }: Resource, scope: StackScope): BuildMetadata {
  const unsupported = NOT_HERE.map((key) => metadata.entries.get(key)).find((node) => node !== undefined);
  if (unsupported !== undefined)
    throw new ProblemAt(unsupported, 'has no meaning in the embedded AWS, which builds with esbuild; take it out');
  const get = (key: string) => {
    const node = metadata.entries.get(key);
    return node && evaluateNeeded(node, scope);
  };
  const skip = get('SkipBuild');
  if (skip !== undefined && textOf(skip) === 'true') return { method: undefined, properties: undefined };
  const properties = get('BuildProperties');
  return { method: get('BuildMethod'), properties: properties && asMap(properties) };
}

/**
 * How a function is bundled; nothing where its code is deployed as it is.
 *
 * @param variables - `--enable-source-maps` in their NODE_OPTIONS asks for source maps, as SAM has it.
 * @throws {ProblemAt}
 */
export function esbuildOf(
  { method, properties }: BuildMetadata,
  handler: string,
  variables: Readonly<Record<string, string>>,
): EsbuildModel | undefined {
  if (method === undefined || /^nodejs\d+\.x$/.test(textOf(method))) return undefined;
  if (textOf(method) !== 'esbuild') {
    throw new ProblemAt(method, `must be esbuild, or nodejs24.x for code that runs as it is: ${shown(method)}; use one of them`);
  }
  const { EntryPoints: entryPoints, ...others } = Object.fromEntries(properties?.entries ?? []);
  const passedOn = Object.entries(others).map(([name, value]) => [name, flagOf(value)] as const);
  const model = { entryPoints: entryPoints === undefined ? [withoutExport(handler)] : entryPointsOf(entryPoints) };
  const flags: Record<string, EsbuildModel['properties'][string]> = Object.fromEntries(passedOn);
  if (!('Sourcemap' in flags) && asksForSourceMaps(variables)) flags['Sourcemap'] = true;
  return { ...model, properties: flags };
}

/** SAM sets `--enable-source-maps` where a bundle has a source map: samcli/lib/build/bundler.py. */
export function withSourceMaps(
  variables: Readonly<Record<string, string>>,
  build: EsbuildModel | undefined,
): Readonly<Record<string, string>> {
  const hasMap = build?.properties['Sourcemap'] !== undefined && build.properties['Sourcemap'] !== false;
  if (!hasMap || asksForSourceMaps(variables)) return variables;
  return { ...variables, NODE_OPTIONS: `${variables['NODE_OPTIONS'] ?? ''} --enable-source-maps` };
}

function asksForSourceMaps(variables: Readonly<Record<string, string>>): boolean {
  return (variables['NODE_OPTIONS'] ?? '').split(/\s+/).includes('--enable-source-maps');
}

function entryPointsOf(value: Value): readonly string[] {
  const items = itemsOf(value);
  if (items.length === 0) throw new ProblemAt(value, 'must have files: it is empty; name the handler');
  return items.map(textOf);
}

/** As SAM passes it on: anything but these is an error there as well. */
function flagOf(value: Value): string | boolean | readonly string[] {
  if (value.kind === 'list') return itemsOf(value).map(textOf);
  if (value.kind === 'scalar' && (typeof value.value === 'string' || typeof value.value === 'boolean')) return value.value;
  throw new ProblemAt(
    value,
    `must be text, true, false or a list: ${shown(value)}; put it in quotes, as SAM passes no other value on`,
  );
}

function withoutExport(handler: string): string {
  return handler.split('.', 1)[0] ?? handler;
}
