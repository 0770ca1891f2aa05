import { withGlobals } from './globals.ts';
import { FUNCTION_TYPE, KINDS } from './kinds/kinds.ts';
import type { ResourceKind } from './kinds/resource-kind.ts';
import { asMap, itemsOf, textOf } from './source/read-value.ts';
import { shown } from './source/shown.ts';
import type { MapNode, Place, TemplateNode, Value } from './source/template-node.ts';
import { ProblemAt, type Problems } from './template-error.ts';

/** A resource of the template, its functions not yet computed. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly kind: ResourceKind;
  readonly place: Place;
  /** Those of `Globals` included. */
  readonly properties: MapNode<TemplateNode>;
  readonly metadata: MapNode<TemplateNode>;
}

/** `DependsOn` is an order of AWS's; here all is there before the first call. What is kept or replaced is AWS's as well. */
const ATTRIBUTES = [
  'Type',
  'Properties',
  'Metadata',
  'Condition',
  'DependsOn',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'IgnoreGlobals',
];

/** @throws {ProblemAt} If it is of a type that the embedded AWS does not have. */
export function readResource(
  logicalId: string,
  node: TemplateNode,
  shared: MapNode<TemplateNode> | undefined,
  problems: Problems,
): Resource {
  const attributes = asMap(node);
  for (const [name, attribute] of attributes.entries) {
    if (!ATTRIBUTES.includes(name)) problems.add(new ProblemAt(attribute, 'has no meaning in the embedded AWS; take it out'));
  }
  const typeNode = attributes.entries.get('Type');
  if (typeNode === undefined) throw new ProblemAt(node, 'must have a Type: it is missing; add it');
  const type = textOf(typeNode as Value);
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (kind === undefined) throw unsupported(typeNode, type);
  const mapAt = (name: string) =>
    asMap(attributes.entries.get(name) ?? emptyMap({ path: [...node.path, name], line: node.line }));
  const own = mapAt('Properties');
  const properties = type === FUNCTION_TYPE ? withGlobals(shared, own, ignoredOf(attributes)) : own;
  return { logicalId, type, kind, place: { path: node.path, line: node.line }, properties, metadata: mapAt('Metadata') };
}

function emptyMap(place: Place): MapNode<TemplateNode> {
  return { kind: 'map', entries: new Map(), ...place };
}

function unsupported(at: TemplateNode, type: string): ProblemAt {
  const known = Object.keys(KINDS).join(', ');
  return new ProblemAt(
    at,
    `must be of a type that the embedded AWS has, ${known}: ${type}; give it a Condition that is false here, or take it out`,
  );
}

function ignoredOf({ entries }: MapNode<TemplateNode>): '*' | readonly string[] {
  const node = entries.get('IgnoreGlobals');
  if (node === undefined) return [];
  if (node.kind === 'scalar' && node.text === '*') return '*';
  if (node.kind !== 'list') throw new ProblemAt(node, `must be '*' or a list of properties: ${shown(node)}; write one of them`);
  return itemsOf(node as Value).map(textOf);
}
