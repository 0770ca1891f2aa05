import { entriesOf, integerOf, itemsOf, textOf } from '../source/read-value.ts';
import { shown } from '../source/shown.ts';
import { type CallNode, list, scalar, type TemplateNode, type Value } from '../source/template-node.ts';
import { ProblemAt } from '../template-error.ts';
import type { Evaluate, Scope } from './scope.ts';
import { substitute } from './substitute.ts';

type Compute = (argument: TemplateNode, scope: Scope, evaluate: Evaluate, call: CallNode) => Value;

/** The functions that come to a value, but for `Ref` and `Fn::If`, which may come to none. */
export const VALUE_FUNCTIONS: Readonly<Record<string, Compute>> = {
  'Fn::Base64': (argument, scope, evaluate, call) =>
    scalar(Buffer.from(textOf(evaluate(argument, scope))).toString('base64'), call),

  'Fn::FindInMap'(argument, scope, evaluate, call) {
    const keys = operands(call, argument, ['map', 'first key', 'second key']).map((key) => textOf(evaluate(key, scope)));
    let entries = scope.mappings;
    for (const [index, key] of keys.entries()) {
      const found = entries.get(key);
      if (found === undefined) throw new ProblemAt(call, `must find ${keys.join(', ')} in Mappings: ${key} is not there; add it`);
      if (index === keys.length - 1) return evaluate(found, scope);
      entries = entriesOf(found);
    }
    throw new ProblemAt(call, 'must have keys in Fn::FindInMap: there are none; write [map, first key, second key]');
  },

  'Fn::GetAtt'(argument, scope, evaluate, call) {
    const parts =
      argument.kind === 'list'
        ? argument.items.map((part) => textOf(evaluate(part, scope)))
        : splitOnce(textOf(evaluate(argument, scope)));
    const [logicalId, attribute] = parts;
    if (parts.length !== 2 || logicalId === undefined || attribute === undefined) {
      throw new ProblemAt(
        call,
        `must have a resource and an attribute in Fn::GetAtt: ${parts.join('.')}; write Resource.Attribute`,
      );
    }
    return scalar(scope.attribute(logicalId, attribute, call), call);
  },

  'Fn::Join'(argument, scope, evaluate, call) {
    const [delimiter, parts] = operands(call, argument, ['delimiter', 'list']).map((operand) => evaluate(operand, scope));
    return scalar(
      itemsOf(parts as Value)
        .map(textOf)
        .join(textOf(delimiter as Value)),
      call,
    );
  },

  'Fn::Select'(argument, scope, evaluate, call) {
    const [index, source] = operands(call, argument, ['index', 'list']).map((operand) => evaluate(operand, scope));
    const items = itemsOf(source as Value);
    if (items.length === 0) throw new ProblemAt(call, 'must have items to select from: the list is empty; give it one');
    return items[integerOf(index as Value, 0, items.length - 1)] as Value;
  },

  'Fn::Split'(argument, scope, evaluate, call) {
    const [delimiter, source] = operands(call, argument, ['delimiter', 'text']).map((operand) =>
      textOf(evaluate(operand, scope)),
    );
    return list(
      (source as string).split(delimiter as string).map((part) => scalar(part, call)),
      call,
    );
  },

  'Fn::Sub'(argument, scope, evaluate, call) {
    const [template, variables] = argument.kind === 'list' ? argument.items : [argument];
    if (template === undefined) throw new ProblemAt(call, `must have text in Fn::Sub: ${shown(argument)}; write it`);
    const own = new Map(
      [...(variables === undefined ? [] : entriesOf(variables))].map(([key, value]) => [key, textOf(evaluate(value, scope))]),
    );
    return scalar(substitute(textOf(evaluate(template, scope)), own, scope, call), call);
  },
};

function operands(call: CallNode, argument: TemplateNode, names: readonly string[]): readonly TemplateNode[] {
  const items = itemsOf(argument);
  if (items.length === names.length) return items;
  throw new ProblemAt(call, `must have ${names.length} operands in ${call.name}: ${items.length}; write [${names.join(', ')}]`);
}

/** Attributes may have dots: `Outputs.Name` of an application. */
function splitOnce(text: string): string[] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}
