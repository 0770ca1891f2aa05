import { asMap, entriesOf } from './source/read-value.ts';
import type { MapNode, TemplateNode } from './source/template-node.ts';
import { ProblemAt, type Problems } from './template-error.ts';

/** "Everything on Serverless::Function except Role, Policies, FunctionName, Events": aws/serverless-application-model, plugins/globals/globals.py */
const NOT_FOR_ALL: ReadonlySet<string> = new Set(['Role', 'Policies', 'FunctionName', 'Events']);
/** The only list that a function's own replaces, as there. */
const REPLACED = 'Architectures';

/** What all functions have, from `Globals.Function`. */
export function readGlobals(section: TemplateNode | undefined, problems: Problems): MapNode<TemplateNode> | undefined {
  let shared: MapNode<TemplateNode> | undefined;
  if (section === undefined) return undefined;
  for (const [kind, node] of problems.attempt(() => entriesOf(section)) ?? []) {
    if (kind === 'Function') shared = problems.attempt(() => asMap(node));
    else problems.add(new ProblemAt(node, 'has no meaning in the embedded AWS, which reads Function there; take it out'));
  }
  for (const [key, node] of shared?.entries ?? []) {
    if (NOT_FOR_ALL.has(key))
      problems.add(new ProblemAt(node, 'must be in each function: SAM takes it from there only; move it'));
  }
  return shared;
}

/**
 * A function's properties and those of all functions, as SAM merges them: maps by key, lists one after the other, and of all else the
 * function's own. It comes before functions are computed: a `!If` is one value.
 *
 * @param ignored - `IgnoreGlobals` of the resource: `*`, or properties.
 */
export function withGlobals(
  shared: MapNode<TemplateNode> | undefined,
  own: MapNode<TemplateNode>,
  ignored: '*' | readonly string[] = [],
): MapNode<TemplateNode> {
  if (shared === undefined || ignored === '*') return own;
  const wanted = [...shared.entries].filter(([key]) => !ignored.includes(key));
  return merged({ ...shared, entries: new Map(wanted) }, own);
}

function merged(shared: MapNode<TemplateNode>, own: MapNode<TemplateNode>): MapNode<TemplateNode> {
  const entries = new Map(shared.entries);
  for (const [key, node] of own.entries) {
    const other = entries.get(key);
    if (other?.kind === 'map' && node.kind === 'map') entries.set(key, merged(other, node));
    else if (other?.kind === 'list' && node.kind === 'list' && key !== REPLACED) {
      entries.set(key, { ...node, items: [...other.items, ...node.items] });
    } else entries.set(key, node);
  }
  return { ...own, entries };
}
