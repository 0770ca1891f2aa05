import type { TemplateNode } from './template-node.ts';

/** A value as a message shows it. */
export function shown(node: TemplateNode): string {
  if (node.kind === 'map') return `a map of ${[...node.entries.keys()].join(', ') || 'nothing'}`;
  if (node.kind === 'list') return `a list of ${node.items.length}`;
  if (node.kind === 'call') return `the function ${node.name}`;
  if (node.value === null) return 'nothing';
  return typeof node.value === 'string' ? JSON.stringify(node.value) : node.text;
}
