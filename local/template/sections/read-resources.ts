import { type Resource, readResource } from '../resource.ts';
import { asMap, textOf } from '../source/read-value.ts';
import type { MapNode, TemplateNode, Value } from '../source/template-node.ts';
import type { StackScope } from '../stack-scope.ts';
import { ProblemAt, type Problems } from '../template-error.ts';

/**
 * The resources whose condition holds; others may be of any type. The scope knows all of them afterwards.
 *
 * @param shared - What all functions have.
 */
export function readResources(
  nodes: ReadonlyMap<string, TemplateNode>,
  shared: MapNode<TemplateNode> | undefined,
  scope: StackScope,
  problems: Problems,
): readonly Resource[] {
  const resources: Resource[] = [];
  for (const [logicalId, node] of nodes) {
    try {
      const isExcluded = !conditionHolds(node, scope);
      const resource = isExcluded ? 'excluded' : readResource(logicalId, node, shared, problems);
      scope.add(logicalId, resource);
      if (resource !== 'excluded') resources.push(resource);
    } catch (error) {
      if (!(error instanceof ProblemAt)) throw error;
      problems.add(error);
      scope.add(logicalId, error);
    }
  }
  for (const node of nodes.values()) assertDependencies(node, nodes, problems);
  return resources;
}

function conditionHolds(node: TemplateNode, scope: StackScope): boolean {
  const condition = asMap(node).entries.get('Condition');
  return condition === undefined || scope.condition(textOf(condition as Value), condition);
}

function assertDependencies(node: TemplateNode, nodes: ReadonlyMap<string, unknown>, problems: Problems): void {
  const dependsOn = node.kind === 'map' ? node.entries.get('DependsOn') : undefined;
  if (dependsOn === undefined) return;
  for (const item of dependsOn.kind === 'list' ? dependsOn.items : [dependsOn]) {
    problems.attempt(() => {
      const logicalId = textOf(item as Value);
      if (!nodes.has(logicalId)) throw new ProblemAt(item, `must name a resource: ${logicalId} is not there; correct it`);
    });
  }
}

/** Two of one type with one physical name are one on AWS, which refuses the second. */
export function assertNamesDiffer(resources: readonly Resource[], scope: StackScope, problems: Problems): void {
  const owners = new Map<string, string>();
  for (const resource of resources) {
    const { type, logicalId, place } = resource;
    const name = problems.attempt(() => scope.physicalName(resource));
    if (name === undefined) continue;
    const owner = owners.get(`${type} ${name}`);
    if (owner === undefined) owners.set(`${type} ${name}`, logicalId);
    else problems.add(new ProblemAt(place, `must have a name of its own: ${name} is that of ${owner}; choose another one`));
  }
}
