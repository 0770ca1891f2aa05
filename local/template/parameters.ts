import { asMap, entriesOf, itemsOf, onlyKeys, textOf } from './source/read-value.ts';
import { shown } from './source/shown.ts';
import { list, type MapNode, type Place, scalar, type TemplateNode, type Value } from './source/template-node.ts';
import { ProblemAt, type Problems } from './template-error.ts';

const KEYS = [
  ...['Type', 'Default', 'AllowedValues', 'AllowedPattern', 'MinLength', 'MaxLength', 'MinValue', 'MaxValue'],
  // For people, and for consoles that hide a value.
  ...['Description', 'ConstraintDescription', 'NoEcho'],
];
const TYPES = ['String', 'Number', 'CommaDelimitedList', 'List<Number>'];

/**
 * The values of all parameters, as `Ref` gives them: those that are given, else the defaults.
 *
 * @param given - By name, as text: lists with commas.
 */
export function readParameters(
  section: TemplateNode | undefined,
  given: Readonly<Record<string, string>>,
  problems: Problems,
): ReadonlyMap<string, Value | ProblemAt> {
  const values = new Map<string, Value | ProblemAt>();
  const declared =
    section === undefined ? new Map<string, TemplateNode>() : (problems.attempt(() => entriesOf(section)) ?? new Map());
  for (const [name, node] of declared) {
    try {
      values.set(name, parameterValue(plainMap(node), name, given[name]));
    } catch (error) {
      if (!(error instanceof ProblemAt)) throw error;
      problems.add(error);
      values.set(name, error);
    }
  }
  for (const name of Object.keys(given)) {
    if (declared.has(name)) continue;
    const known = [...declared.keys()].join(', ') || 'none';
    const place = section ?? { path: ['Parameters'], line: 1 };
    problems.add(new ProblemAt(place, `must have the parameter that is given: ${name}; it has ${known}`));
  }
  return values;
}

function parameterValue(declaration: MapNode<Value>, name: string, given: string | undefined): Value {
  onlyKeys(declaration, KEYS);
  const get = (key: string) => declaration.entries.get(key);
  const type = get('Type');
  if (type === undefined) throw new ProblemAt(declaration, `must have a Type: it is missing; write one of ${TYPES.join(', ')}`);
  if (!TYPES.includes(textOf(type))) {
    throw new ProblemAt(type, `must be ${TYPES.join(', ')}: ${shown(type)}; there is nothing here to look other types up in`);
  }
  const fallback = get('Default');
  const text = given ?? (fallback && textOf(fallback));
  if (text === undefined)
    throw new ProblemAt(declaration, `must have a value: it has no Default and none is given; give ${name} one`);
  const isList = textOf(type) === 'CommaDelimitedList' || textOf(type) === 'List<Number>';
  const parts = isList ? text.split(',').map((part) => part.trim()) : [text];
  for (const part of parts) assertAllowed(part, textOf(type).includes('Number'), declaration);
  return isList
    ? list(
        parts.map((part) => scalar(part, declaration)),
        declaration,
      )
    : scalar(text, declaration);
}

function assertAllowed(text: string, isNumber: boolean, declaration: MapNode<Value>): void {
  const get = (key: string) => declaration.entries.get(key);
  const reject = (wanted: string): never => {
    const why = get('ConstraintDescription');
    throw new ProblemAt(
      declaration,
      `must be ${wanted}: "${text}"; ${why === undefined ? 'give it another value' : textOf(why)}`,
    );
  };
  if (isNumber && (text === '' || !Number.isFinite(Number(text)))) reject('a number');
  const allowed = get('AllowedValues');
  if (allowed !== undefined) {
    const choices = itemsOf(allowed).map(textOf);
    if (!choices.includes(text)) reject(`one of ${choices.join(', ')}`);
  }
  const pattern = get('AllowedPattern');
  if (pattern !== undefined && !new RegExp(`^(?:${textOf(pattern)})$`, 'u').test(text))
    reject(`text that matches ${textOf(pattern)}`);
  const bounds = [
    ['MinLength', 'at least', 'characters long', text.length],
    ['MaxLength', 'at most', 'characters long', text.length],
    ['MinValue', 'at least', '', Number(text)],
    ['MaxValue', 'at most', '', Number(text)],
  ] as const;
  for (const [key, words, unit, actual] of bounds) {
    const bound = get(key);
    if (bound === undefined) continue;
    const limit = Number(textOf(bound));
    if (words === 'at least' ? actual < limit : actual > limit) reject(`${words} ${limit} ${unit}`.trimEnd());
  }
}

/** No function can be used inside of Parameters. */
function plainMap(node: TemplateNode): MapNode<Value> {
  const plain = (inner: TemplateNode): Value => {
    const place: Place = { path: inner.path, line: inner.line };
    if (inner.kind === 'call') throw new ProblemAt(inner, `must be a plain value: ${shown(inner)}; write it out`);
    if (inner.kind === 'list') return list(inner.items.map(plain), place);
    if (inner.kind === 'map') return { ...inner, entries: new Map([...inner.entries].map(([key, item]) => [key, plain(item)])) };
    return inner;
  };
  return asMap(plain(node));
}
