/** Puts `value` at `index`, growing the array as needed: one with a gap of thousands would become a slow hash table in V8. */
export function putAt<Value>(array: (Value | undefined)[], index: number, value: Value): void {
  while (array.length < index) array.push(undefined);
  array[index] = value;
}
