import { conditionOf } from './expressions/condition-functions.ts';
import { evaluateNeeded } from './expressions/evaluate.ts';
import type { Scope } from './expressions/scope.ts';
import { FUNCTION_TYPE } from './kinds/kinds.ts';
import { explicitName, generatedName } from './kinds/physical-name.ts';
import type { ResourceFacts, StackIdentity } from './kinds/resource-kind.ts';
import type { Resource } from './resource.ts';
import { textOf } from './source/read-value.ts';
import { list, type Place, scalar, type TemplateNode, type Value } from './source/template-node.ts';
import { ProblemAt } from './template-error.ts';

/** The names that a template knows: parameters, conditions, mappings, resources. Each is computed when first asked for. */
export class StackScope implements Scope {
  readonly mappings: ReadonlyMap<string, TemplateNode>;
  readonly identity: StackIdentity;
  readonly #parameters: ReadonlyMap<string, Value | ProblemAt>;
  readonly #conditions: ReadonlyMap<string, TemplateNode>;
  readonly #resources = new Map<string, Resource | 'excluded' | ProblemAt>();
  readonly #known = new Map<string, unknown>();

  constructor(
    identity: StackIdentity,
    parameters: ReadonlyMap<string, Value | ProblemAt>,
    conditions: ReadonlyMap<string, TemplateNode>,
    mappings: ReadonlyMap<string, TemplateNode>,
  ) {
    this.identity = identity;
    this.#parameters = parameters;
    this.#conditions = conditions;
    this.mappings = mappings;
  }

  /** @param resource - Or why there is none: `excluded` by its condition, or what is wrong with it. */
  add(logicalId: string, resource: Resource | 'excluded' | ProblemAt): void {
    this.#resources.set(logicalId, resource);
  }

  reference(name: string, at: Place): Value | undefined {
    const parameter = this.#parameters.get(name);
    if (parameter instanceof ProblemAt) throw parameter;
    if (parameter !== undefined) return { ...parameter, path: at.path, line: at.line };
    if (name === 'AWS::NoValue') return undefined;
    if (name === 'AWS::NotificationARNs') return list([], at);
    const pseudo = this.#pseudoParameters()[name];
    if (pseudo !== undefined) return scalar(pseudo, at);
    // SAM's own names for what it makes of a function: `ResizeFunction.Alias`.
    const dot = name.indexOf('.');
    if (dot > 0) return scalar(this.attribute(name.slice(0, dot), name.slice(dot + 1), at), at);
    if (this.#isRoleOfFunction(name)) return scalar(`${this.identity.stackName}-${name}`, at);
    const resource = this.#resource(name, at);
    return scalar((resource.kind.reference ?? ((facts) => facts.physicalName))(this.#facts(resource)), at);
  }

  attribute(logicalId: string, attribute: string, at: Place): string {
    if (attribute === 'Arn' && this.#isRoleOfFunction(logicalId)) return this.roleArn(logicalId);
    const resource = this.#resource(logicalId, at);
    const attributes = resource.kind.attributes;
    const read = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
    const value = read?.(this.#facts(resource));
    if (value !== undefined) return value;
    const known = Object.keys(attributes).join(', ') || 'none';
    throw new ProblemAt(at, `must be an attribute of ${logicalId} that is known here, ${known}: ${attribute}; use another one`);
  }

  condition(name: string, at: Place): boolean {
    const node = this.#conditions.get(name);
    if (node !== undefined) return this.#once(`condition ${name}`, at, () => conditionOf(node, this, evaluateNeeded));
    throw new ProblemAt(at, `must name one of Conditions: ${name} is not there; add it, or correct the name`);
  }

  physicalName({ logicalId, kind: { naming }, properties, place }: Resource): string {
    return this.#once(`name of ${logicalId}`, place, () => {
      const explicit = naming.property === undefined ? undefined : properties.entries.get(naming.property);
      if (explicit === undefined) return generatedName(this.identity.stackName, logicalId, naming);
      return explicitName(evaluateNeeded(explicit, this), naming);
    });
  }

  /** Of the role that SAM makes for a function. */
  roleArn(roleName: string): string {
    return `arn:aws:iam::${this.identity.accountId}:role/${this.identity.stackName}-${roleName}`;
  }

  #resource(logicalId: string, at: Place): Resource {
    const resource = this.#resources.get(logicalId);
    if (resource === undefined) {
      throw new ProblemAt(
        at,
        `must name a parameter or a resource of this template: ${logicalId} is not there; add it, or correct the name`,
      );
    }
    if (resource === 'excluded') {
      throw new ProblemAt(at, `must name what is there: the condition of ${logicalId} is false; use Fn::If with that condition`);
    }
    if (resource instanceof ProblemAt) throw resource;
    return resource;
  }

  #facts(resource: Resource): ResourceFacts {
    return {
      ...this.identity,
      logicalId: resource.logicalId,
      physicalName: this.physicalName(resource),
      property: (name) => {
        const node = resource.properties.entries.get(name);
        return node && textOf(evaluateNeeded(node, this));
      },
    };
  }

  #isRoleOfFunction(name: string): boolean {
    const owner =
      name.endsWith('Role') && !this.#resources.has(name) ? this.#resources.get(name.slice(0, -'Role'.length)) : undefined;
    return typeof owner === 'object' && 'type' in owner && owner.type === FUNCTION_TYPE;
  }

  #pseudoParameters(): Readonly<Record<string, string>> {
    const { stackName, region, accountId } = this.identity;
    return {
      'AWS::AccountId': accountId,
      'AWS::Partition': 'aws',
      'AWS::Region': region,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/00000000-0000-0000-0000-000000000000`,
      'AWS::StackName': stackName,
      'AWS::URLSuffix': 'amazonaws.com',
    };
  }

  /** What is asked for while it is computed refers to itself. */
  #once<Result>(key: string, at: Place, compute: () => Result): Result {
    const known = this.#known.get(key);
    if (known === BEING_COMPUTED) throw new ProblemAt(at, `must not refer to itself: the ${key} does; break the circle`);
    if (known instanceof ProblemAt) throw known;
    if (known !== undefined) return known as Result;
    this.#known.set(key, BEING_COMPUTED);
    try {
      const result = compute();
      this.#known.set(key, result);
      return result;
    } catch (error) {
      this.#known.set(key, error);
      throw error;
    }
  }
}

const BEING_COMPUTED = Symbol('being computed');
