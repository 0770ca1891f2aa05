/** Where a stack is said to be. */
export interface StackIdentity {
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
}

/** What a name or an attribute of a resource is made from. */
export interface ResourceFacts extends StackIdentity {
  readonly logicalId: string;
  /** Explicit, or made from the stack's name. */
  readonly physicalName: string;
  /** A property as text, if it is there. */
  property(name: string): string | undefined;
}

/** `read`, or why it has no effect here and rightly so. */
export type PropertyRule = 'read' | { readonly withoutEffect: string };

/** A type of resource that a template may have. */
export interface ResourceKind {
  /** All others are errors. */
  readonly properties: Readonly<Record<string, PropertyRule>>;
  readonly naming: Naming;
  /** What `Ref` gives; the physical name if absent. */
  readonly reference?: (facts: ResourceFacts) => string;
  /** What `Fn::GetAtt` gives; nothing where this resource has no such attribute. */
  readonly attributes: Readonly<Record<string, (facts: ResourceFacts) => string | undefined>>;
}

/** How a resource is named. */
export interface Naming {
  /** The property with the explicit name, if there is one. */
  readonly property?: string;
  readonly maxLength: number;
  readonly isLowerCase?: boolean;
  readonly pattern: RegExp;
  /** The pattern in words. */
  readonly inWords: string;
}

export const withoutEffect = (why: string): PropertyRule => ({ withoutEffect: why });

export const NO_POLICIES: PropertyRule = withoutEffect('the embedded AWS lets everybody do everything');
export const FOR_PEOPLE: PropertyRule = withoutEffect('for people and bills');
export const NO_ENCRYPTION: PropertyRule = withoutEffect('nothing is encrypted on this machine');
