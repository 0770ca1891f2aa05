import { itemsOf } from '../source/read-value.ts';
import type { CallNode, TemplateNode, Value } from '../source/template-node.ts';
import { scalar } from '../source/template-node.ts';
import { ProblemAt } from '../template-error.ts';
import { CONDITION_FUNCTIONS, conditionOf } from './condition-functions.ts';
import type { Scope } from './scope.ts';
import { VALUE_FUNCTIONS } from './value-functions.ts';

/** What to do where another function is used. */
const NOT_HERE: Readonly<Record<string, string>> = {
  'Fn::ImportValue': 'no other stack is here that exports it; take a parameter instead',
  'Fn::GetAZs': 'there are no availability zones here; take a parameter instead',
  'Fn::Transform': 'no macro runs here; write out what it makes',
};

const COMPUTED = ['Ref', ...Object.keys(VALUE_FUNCTIONS), 'Fn::If', ...CONDITION_FUNCTIONS].join(', ');

/**
 * Computes the functions inside a node; of `Fn::If` the branch alone that is taken.
 *
 * @returns Nothing where it comes to `AWS::NoValue`; such entries and items are left out.
 * @throws {ProblemAt} For what cannot be computed.
 */
export function evaluate(node: TemplateNode, scope: Scope): Value | undefined {
  if (node.kind === 'scalar') return node;
  if (node.kind === 'call') return evaluateCall(node, scope);
  const { path, line } = node;
  if (node.kind === 'list') {
    const items = node.items.flatMap((item) => evaluate(item, scope) ?? []);
    return { kind: 'list', items, path, line };
  }
  const entries = new Map<string, Value>();
  for (const [key, entry] of node.entries) {
    if (key.startsWith('Fn::')) {
      throw new ProblemAt(entry, 'must be alone in its map: others are beside it; take them out');
    }
    const value = evaluate(entry, scope);
    if (value !== undefined) entries.set(key, value);
  }
  return { kind: 'map', entries, path, line };
}

/** As {@link evaluate}, where there has to be a value. */
export function evaluateNeeded(node: TemplateNode, scope: Scope): Value {
  const value = evaluate(node, scope);
  if (value === undefined) throw new ProblemAt(node, 'must have a value: it is AWS::NoValue; give it one');
  return value;
}

function evaluateCall(call: CallNode, scope: Scope): Value | undefined {
  const { name, argument } = call;
  if (name === 'Ref') return moved(scope.reference(textArgument(argument), call), call);
  if (name === 'Fn::If') {
    const [condition, ifTrue, ifFalse, ...rest] = itemsOf(argument);
    if (condition === undefined || ifTrue === undefined || ifFalse === undefined || rest.length > 0) {
      throw new ProblemAt(
        call,
        'must have a condition and two values in Fn::If: it has not; write [condition, if true, if false]',
      );
    }
    return moved(evaluate(scope.condition(textArgument(condition), call) ? ifTrue : ifFalse, scope), call);
  }
  if (name === 'Condition' || CONDITION_FUNCTIONS.includes(name)) {
    return scalar(conditionOf(call, scope, evaluateNeeded), call);
  }
  const compute = VALUE_FUNCTIONS[name];
  if (compute !== undefined) return moved(compute(argument, scope, evaluateNeeded, call), call);
  if (name.startsWith('*')) throw new ProblemAt(call, `must not be the alias ${name}: CloudFormation knows none; write it out`);
  const why = NOT_HERE[name] ?? `the embedded AWS computes ${COMPUTED} only; write out its result`;
  throw new ProblemAt(call, `must not use ${name}: ${why}`);
}

/** What is wrong with the result is told of the place where it is used, but for what is inside of lists and maps written there. */
function moved(value: Value | undefined, { path, line }: CallNode): Value | undefined {
  return value?.kind === 'scalar' ? { ...value, path, line } : value && { ...value, path };
}

function textArgument(argument: TemplateNode): string {
  if (argument.kind === 'scalar' && argument.value !== null) return argument.text;
  throw new ProblemAt(argument, 'must be a name: it is something else; write one');
}
