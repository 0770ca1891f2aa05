import type { Place, TemplateNode, Value } from '../source/template-node.ts';

/** What the intrinsic functions of a template can name. */
export interface Scope {
  /** Of a parameter, a pseudo parameter or a resource. Nothing for `AWS::NoValue`. @throws {ProblemAt} If there is none, or it cannot be told. */
  reference(name: string, at: Place): Value | undefined;
  /** @throws {ProblemAt} If there is no such resource or attribute. */
  attribute(logicalId: string, attribute: string, at: Place): string;
  /** @throws {ProblemAt} If there is no such condition. */
  condition(name: string, at: Place): boolean;
  /** The section Mappings. */
  readonly mappings: ReadonlyMap<string, TemplateNode>;
}

/** Computes the functions inside a node that has to have a value. */
export type Evaluate = (node: TemplateNode, scope: Scope) => Value;
