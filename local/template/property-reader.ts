import { evaluate } from './expressions/evaluate.ts';
import type { Scope } from './expressions/scope.ts';
import type { Resource } from './resource.ts';
import type { MapNode, TemplateNode, Value } from './source/template-node.ts';
import { ProblemAt, type Problems } from './template-error.ts';

/** Reads a map one entry at a time; what is wrong with one does not keep the others from being read. */
export class PropertyReader {
  readonly map: MapNode<Value>;
  readonly #problems: Problems;

  constructor(map: MapNode<Value>, problems: Problems) {
    this.map = map;
    this.#problems = problems;
  }

  /** @param fallback - If the entry is absent. It is also given after a problem, when nobody will see it. */
  read<Result>(key: string, fallback: Result, read: (value: Value) => Result): Result {
    const value = this.map.entries.get(key);
    if (value === undefined) return fallback;
    const result = this.#problems.attempt(() => ({ is: read(value) }));
    return result === undefined ? fallback : result.is;
  }

  /** An absent entry is a problem. */
  need<Result>(key: string, placeholder: Result, read: (value: Value) => Result): Result {
    if (!this.map.entries.has(key)) {
      this.#problems.add(new ProblemAt(this.map, `must have ${key}: it is missing; add it`));
    }
    return this.read(key, placeholder, read);
  }
}

/** Computes all properties of a resource, and keeps those that have a meaning here. */
export function readProperties({ kind, properties }: Resource, scope: Scope, problems: Problems): PropertyReader {
  const entries = new Map<string, Value>();
  for (const [name, node] of properties.entries) {
    const rule = Object.hasOwn(kind.properties, name) ? kind.properties[name] : undefined;
    if (rule === undefined) {
      problems.add(
        new ProblemAt(node, 'has no meaning in the embedded AWS; take it out, or put it behind a condition that is false here'),
      );
      continue;
    }
    const value = problems.attempt(() => evaluate(node, scope));
    if (value !== undefined && rule === 'read') entries.set(name, value);
  }
  return readerOf(properties, entries, problems);
}

function readerOf(
  { path, line }: MapNode<TemplateNode>,
  entries: ReadonlyMap<string, Value>,
  problems: Problems,
): PropertyReader {
  return new PropertyReader({ kind: 'map', entries, path, line }, problems);
}
