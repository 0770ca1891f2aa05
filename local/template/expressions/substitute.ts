import { textOf } from '../source/read-value.ts';
import type { Place } from '../source/template-node.ts';
import { ProblemAt } from '../template-error.ts';
import type { Scope } from './scope.ts';

/**
 * Puts values in the place of `${Name}`, `${Resource.Attribute}` and the variables of the call itself; `${!Name}` stays as `${Name}`.
 *
 * @throws {ProblemAt} For a name that is not there.
 */
export function substitute(text: string, own: ReadonlyMap<string, string>, scope: Scope, at: Place): string {
  return text.replaceAll(/\$\{([^}]*)\}/g, (_, inner: string) => {
    if (inner.startsWith('!')) return `\${${inner.slice(1)}}`;
    const name = inner.trim();
    const value = own.get(name);
    if (value !== undefined) return value;
    const dot = name.indexOf('.');
    if (dot > 0) return scope.attribute(name.slice(0, dot), name.slice(dot + 1), at);
    const reference = scope.reference(name, at);
    if (reference === undefined)
      throw new ProblemAt(at, `must not have ${name} inside of Fn::Sub: it is no text; use Fn::If around it`);
    return textOf(reference);
  });
}
