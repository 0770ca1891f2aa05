import { parseTemplate } from '../../local/template/source/parse-template.ts';
import type { MapNode, TemplateNode } from '../../local/template/source/template-node.ts';
import { Problems } from '../../local/template/template-error.ts';

/**
 * The parameter that the template has for the memory of a function: `MemorySize: !Ref MonteCarloMemoryMb`.
 *
 * @param logicalId - Of the function in the template.
 * @throws {Error} If its memory is no parameter.
 */
export function memoryParameter(template: string, logicalId: string): string {
  const top = parseTemplate(template, new Problems());
  const memory = at(top, ['Resources', logicalId, 'Properties', 'MemorySize']);
  if (memory?.kind === 'call' && memory.name === 'Ref' && memory.argument.kind === 'scalar') return memory.argument.text;
  throw new Error(
    `Cannot apply a memory setting as MemorySize of ${logicalId} must refer to a parameter of the template; write it into the template`,
  );
}

function at(top: MapNode<TemplateNode> | undefined, path: readonly string[]): TemplateNode | undefined {
  let node: TemplateNode | undefined = top;
  for (const name of path) node = node?.kind === 'map' ? node.entries.get(name) : undefined;
  return node;
}
