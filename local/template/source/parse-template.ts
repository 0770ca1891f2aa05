import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from 'yaml';
import { ProblemAt, type Problems } from '../template-error.ts';
import { type MapNode, type Place, type ScalarNode, scalar, type TemplateNode } from './template-node.ts';

/**
 * Reads YAML or JSON as CloudFormation does: YAML 1.1, intrinsic functions in both forms. Which of them can be computed is not asked here.
 *
 * @returns The top of the template; nothing, with the problems told, where it is not even YAML.
 */
export function parseTemplate(text: string, problems: Problems): MapNode<TemplateNode> | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.1', lineCounter: lines, logLevel: 'silent' });
  for (const { message, pos } of document.errors) {
    const place = { path: [], line: lines.linePos(pos[0]).line };
    problems.add(new ProblemAt(place, `must be valid YAML: ${firstLine(message)}; correct it`));
  }
  if (document.errors.length > 0) return undefined;
  const top = read(document.contents, { path: [], line: 1 }, (node) => lines.linePos(node.range?.[0] ?? 0).line);
  if (top.kind === 'map') return top;
  problems.add(new ProblemAt(top, 'must be a map that has Resources: it is something else; write a template'));
  return undefined;
}

type LineOf = (node: Node) => number;

function read(node: Node | null, place: Place, lineOf: LineOf): TemplateNode {
  const inner = untagged(node, place, lineOf);
  const tag = node?.tag;
  // YAML's own tags, as `!!str`, have been resolved.
  if (tag === undefined || !tag.startsWith('!')) return inner;
  const name = tag.slice(1);
  return { kind: 'call', name: name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`, argument: inner, ...place };
}

function untagged(node: Node | null, place: Place, lineOf: LineOf): TemplateNode {
  const { path } = place;
  if (isMap<Node, Node | null>(node)) {
    const entries = node.items.map(({ key, value }): [string, TemplateNode] => {
      const name = isScalar(key) ? (key.source ?? String(key.value)) : String(key);
      return [name, read(value, { path: [...path, name], line: lineOf(key) }, lineOf)];
    });
    return longFormOf({ kind: 'map', entries: new Map(entries), ...place });
  }
  if (isSeq<Node>(node)) {
    const items = node.items.map((item, index) => read(item, { path: [...path, index], line: lineOf(item) }, lineOf));
    return { kind: 'list', items, ...place };
  }
  // CloudFormation knows none, which is told where it is used.
  if (isAlias(node)) return { kind: 'call', name: `*${node.source}`, argument: nothing(place), ...place };
  return isScalar(node) ? scalarOf(node, place) : nothing(place);
}

/** Numbers and booleans have the text that SAM sends, which reads and writes them by PyYAML: `010` is 8, `yes` is true. */
function scalarOf({ value, source = String(value) }: Scalar, place: Place): ScalarNode {
  if (value === null) return nothing(place);
  if (typeof value === 'boolean') return scalar(value, place);
  // An account id is no octal number for PyYAML, and timestamps stay text for CloudFormation: `Version: 2012-10-17`.
  if (typeof value !== 'number' || /^0\d*[89]/.test(source)) return scalar(source, place);
  const isWholeFloat = Number.isInteger(value) && source.includes('.');
  return { ...scalar(value, place), text: isWholeFloat ? `${value}.0` : String(value) };
}

/** A map of one entry that is named as a function is a call. `Condition` alone is not: policies have such a key. */
function longFormOf(map: MapNode<TemplateNode>): TemplateNode {
  const [entry] = map.entries;
  if (map.entries.size !== 1 || entry === undefined) return map;
  const [name, argument] = entry;
  const { path, line } = map;
  return name === 'Ref' || name.startsWith('Fn::') ? { kind: 'call', name, argument, path, line } : map;
}

function nothing(place: Place): ScalarNode {
  return { kind: 'scalar', value: null, text: '', ...place };
}

/** The parser adds the lines around it. */
function firstLine(message: string): string {
  return message.replace(/ at line \d+, column \d+:?(\n.*)?$/s, '');
}
