import { textOf } from '../source/read-value.ts';
import { shown } from '../source/shown.ts';
import type { MapNode, TemplateNode, Value } from '../source/template-node.ts';
import { ProblemAt, type Problems } from '../template-error.ts';

/** `Description` and `Metadata` are for people and other programs. */
const SECTIONS = [
  ...['AWSTemplateFormatVersion', 'Transform', 'Description', 'Metadata', 'Parameters'],
  ...['Mappings', 'Conditions', 'Globals', 'Resources', 'Outputs'],
];
const SAM = 'AWS::Serverless-2016-10-31';

/** What the template is made of, before any of it is read. */
export function assertSections({ entries, path, line }: MapNode<TemplateNode>, problems: Problems): void {
  for (const [name, node] of entries) {
    if (!SECTIONS.includes(name)) {
      problems.add(new ProblemAt(node, `has no meaning in the embedded AWS, which reads ${SECTIONS.join(', ')}; take it out`));
    }
  }
  if (!entries.has('Resources')) problems.add(new ProblemAt({ path, line }, 'must have Resources: there are none; add them'));
  const transform = entries.get('Transform');
  if (transform === undefined) {
    problems.add(new ProblemAt({ path, line }, `must have a Transform: it is missing; write Transform: ${SAM}`));
    return;
  }
  problems.attempt(() => {
    const items = transform.kind === 'list' ? transform.items : [transform];
    for (const item of items) {
      if (textOf(item as Value) !== SAM)
        throw new ProblemAt(item, `must be ${SAM} alone: ${shown(item)}; no other macro runs here`);
    }
  });
}
