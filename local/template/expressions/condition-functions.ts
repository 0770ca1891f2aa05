import { asMap, itemsOf, textOf } from '../source/read-value.ts';
import { shown } from '../source/shown.ts';
import type { TemplateNode } from '../source/template-node.ts';
import { ProblemAt } from '../template-error.ts';
import type { Evaluate, Scope } from './scope.ts';

export const CONDITION_FUNCTIONS: readonly string[] = ['Fn::And', 'Fn::Equals', 'Fn::Not', 'Fn::Or'];

/** "Minimum 2, maximum 10": https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html */
const MAX_OPERANDS = 10;

/**
 * What a node of the section Conditions comes to.
 *
 * @throws {ProblemAt} If it is no condition, or names one that is not there.
 */
export function conditionOf(node: TemplateNode, scope: Scope, evaluate: Evaluate): boolean {
  const { name, argument } = callOf(node);
  if (name === 'Condition') return scope.condition(textOf(evaluate(argument, scope)), node);
  const operands = itemsOf(argument);
  const results = () => operands.map((operand) => conditionOf(operand, scope, evaluate));
  switch (name) {
    case 'Fn::And':
      assertCount(node, name, operands.length, 2, MAX_OPERANDS);
      return results().every((result) => result);
    case 'Fn::Or':
      assertCount(node, name, operands.length, 2, MAX_OPERANDS);
      return results().some((result) => result);
    case 'Fn::Not':
      assertCount(node, name, operands.length, 1, 1);
      return results()[0] === false;
    default: {
      assertCount(node, name, operands.length, 2, 2);
      const [left, right] = operands.map((operand) => textOf(evaluate(operand, scope)));
      return left === right;
    }
  }
}

function callOf(node: TemplateNode): { readonly name: string; readonly argument: TemplateNode } {
  if (node.kind === 'call' && (node.name === 'Condition' || CONDITION_FUNCTIONS.includes(node.name))) return node;
  // In its long form, `Condition` looks as any map does.
  if (node.kind === 'map' && node.entries.size === 1) {
    const argument = asMap(node).entries.get('Condition');
    if (argument !== undefined) return { name: 'Condition', argument };
  }
  throw new ProblemAt(node, `must be ${CONDITION_FUNCTIONS.join(', ')} or Condition: ${shown(node)}; write one of them`);
}

function assertCount(node: TemplateNode, name: string, count: number, min: number, max: number): void {
  if (count >= min && count <= max) return;
  const bounds = min === max ? `${min}` : `${min} to ${max}`;
  throw new ProblemAt(node, `must have ${bounds} operands in ${name}: ${count}; correct the list`);
}
