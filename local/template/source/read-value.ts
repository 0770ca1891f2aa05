import { ProblemAt } from '../template-error.ts';
import { shown } from './shown.ts';
import type { ListNode, MapNode, TemplateNode, Value } from './template-node.ts';

/** Numbers and booleans are text where text is wanted, as CloudFormation has it. @throws {ProblemAt} For a list, a map or nothing. */
export function textOf(value: Value): string {
  if (value.kind === 'scalar' && value.value !== null) return value.text;
  throw new ProblemAt(value, `must be text: ${shown(value)}; write one value`);
}

/** @throws {ProblemAt} Names those that would do. */
export function oneOf<Choice extends string>(value: Value, choices: readonly Choice[]): Choice {
  const text = textOf(value);
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw new ProblemAt(value, `must be ${choices.join(' or ')}: ${shown(value)}; choose one that the embedded AWS has`);
}

/** Digits in quotes will do, as parameters have them. @throws {ProblemAt} */
export function integerOf(value: Value, min: number, max: number): number {
  const number = value.kind === 'scalar' && value.value !== null && /^\d+$/.test(value.text) ? Number(value.text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new ProblemAt(value, `must be an integer from ${min} to ${max}: ${shown(value)}; choose one in between`);
}

/** @throws {ProblemAt} */
export function itemsOf(value: Value): readonly Value[];
export function itemsOf(value: TemplateNode): readonly TemplateNode[];
export function itemsOf(value: TemplateNode): readonly TemplateNode[] {
  return asList(value).items;
}

/** @throws {ProblemAt} */
export function entriesOf(value: Value): ReadonlyMap<string, Value>;
export function entriesOf(value: TemplateNode): ReadonlyMap<string, TemplateNode>;
export function entriesOf(value: TemplateNode): ReadonlyMap<string, TemplateNode> {
  return asMap(value).entries;
}

/** As `Record`, every value read. @throws {ProblemAt} */
export function textsOf(value: Value): Record<string, string> {
  return Object.fromEntries([...entriesOf(value)].map(([key, item]) => [key, textOf(item)]));
}

/** An entry that has to be there. @throws {ProblemAt} */
export function required(map: MapNode<Value>, key: string): Value {
  const value = map.entries.get(key);
  if (value === undefined) throw new ProblemAt(map, `must have ${key}: it is missing; add it`);
  return value;
}

/** @throws {ProblemAt} */
export function asMap(value: Value): MapNode<Value>;
export function asMap(value: TemplateNode): MapNode<TemplateNode>;
export function asMap(value: TemplateNode): MapNode<TemplateNode> {
  if (value.kind === 'map') return value;
  throw new ProblemAt(value, `must be a map: ${shown(value)}; write keys and values`);
}

function asList(value: TemplateNode): ListNode<TemplateNode> {
  if (value.kind === 'list') return value;
  throw new ProblemAt(value, `must be a list: ${shown(value)}; write one`);
}

/** @throws {ProblemAt} Names the first key that is not among them. */
export function onlyKeys(map: MapNode<Value>, keys: readonly string[]): void {
  for (const [key, value] of map.entries) {
    if (!keys.includes(key))
      throw new ProblemAt(value, `has no meaning in the embedded AWS, which reads ${keys.join(', ')} there; take it out`);
  }
}
