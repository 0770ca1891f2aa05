/** A door that a task waits at until the test opens it. */
export interface Gate<Value> {
  readonly passed: Promise<Value>;
  open(value: Value): void;
  fail(reason: unknown): void;
}

export function gate<Value = void>(): Gate<Value> {
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  return { passed: promise, open: resolve, fail: reject };
}

export function gates<Value = void>(count: number): Gate<Value>[] {
  return Array.from({ length: count }, () => gate<Value>());
}
