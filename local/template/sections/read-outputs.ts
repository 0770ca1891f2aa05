import { evaluateNeeded } from '../expressions/evaluate.ts';
import { asMap, onlyKeys, textOf } from '../source/read-value.ts';
import type { TemplateNode, Value } from '../source/template-node.ts';
import type { StackScope } from '../stack-scope.ts';
import { ProblemAt, type Problems } from '../template-error.ts';

/** Those whose condition holds. An export has no effect: there is no other stack to import it. */
export function readOutputs(
  outputs: ReadonlyMap<string, TemplateNode>,
  scope: StackScope,
  problems: Problems,
): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [name, node] of outputs) {
    problems.attempt(() => {
      const { entries } = asMap(node);
      const condition = entries.get('Condition');
      if (condition !== undefined && !scope.condition(textOf(condition as Value), condition)) return;
      const output = asMap(evaluateNeeded(node, scope));
      onlyKeys(output, ['Value', 'Description', 'Condition', 'Export']);
      const value = output.entries.get('Value');
      if (value === undefined) throw new ProblemAt(node, 'must have Value: it is missing; add it');
      values[name] = textOf(value);
    });
  }
  return values;
}
