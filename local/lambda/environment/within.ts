/** What a wait for a limited time came to. */
export type Waited<Value> = { readonly isInTime: true; readonly value: Value } | { readonly isInTime: false };

/** Waits for `promise`, and for `limitMs` at most. */
export function within<Value>(promise: Promise<Value>, limitMs: number): Promise<Waited<Value>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve({ isInTime: false }), limitMs);
    promise.then((value) => resolve({ isInTime: true, value }), reject).finally(() => clearTimeout(timer));
  });
}
