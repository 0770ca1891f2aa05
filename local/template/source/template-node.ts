/** Where something stands in the template. */
export interface Place {
  /** Keys and list indices from the top: `Resources`, `ResizeFunction`, `Properties`, `MemorySize`. */
  readonly path: readonly (string | number)[];
  readonly line: number;
}

export interface ScalarNode extends Place {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** What it is where text is wanted. */
  readonly text: string;
}

export interface ListNode<Item> extends Place {
  readonly kind: 'list';
  readonly items: readonly Item[];
}

export interface MapNode<Item> extends Place {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Item>;
}

/** An intrinsic function, in its short or in its long form. */
export interface CallNode extends Place {
  readonly kind: 'call';
  /** `Ref`, `Condition`, or with `Fn::`. */
  readonly name: string;
  readonly argument: TemplateNode;
}

/** As written. */
export type TemplateNode = ScalarNode | ListNode<TemplateNode> | MapNode<TemplateNode> | CallNode;

/** What the intrinsic functions came to. It keeps its place, so that what is wrong with it can be told by line. */
export type Value = ScalarNode | ListNode<Value> | MapNode<Value>;

export function scalar(value: string | number | boolean, { path, line }: Place): ScalarNode {
  return { kind: 'scalar', value, text: String(value), path, line };
}

export function list(items: readonly Value[], { path, line }: Place): ListNode<Value> {
  return { kind: 'list', items, path, line };
}

/** The logical id that a place belongs to, and what of it: `ResizeFunction`, `Environment.Variables.MODE`. */
export function ownerOf({ path }: Place): { readonly logicalId: string | undefined; readonly property: string } {
  const [section, logicalId, attribute, ...rest] = path;
  if (section !== 'Resources' || typeof logicalId !== 'string') return { logicalId: undefined, property: dotted(path) };
  const property = attribute === 'Properties' ? rest : path.slice(2);
  return { logicalId, property: dotted(property) };
}

/** A place as a message names it: `ResizeFunction.Layers[0]`, `Parameters.Stage.Default`. */
export function nameOf(place: Place): string {
  const { logicalId, property } = ownerOf(place);
  return [logicalId, property].filter((part) => part !== undefined && part !== '').join('.') || 'the template';
}

function dotted(path: Place['path']): string {
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${key}`)).join('');
}
