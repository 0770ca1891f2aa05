/**
 * A reply whose buffers Piscina is to move. Its own `move()` marks the value with a symbol that each copy of Piscina makes for
 * itself, and in a bundle the worker file has no way to the copy that runs the thread; so this answers to any copy's.
 */
export function moved<Reply extends object>(reply: Reply, buffers: readonly ArrayBuffer[]): unknown {
  const movable = { [Symbol.for('Piscina.transferable')]: buffers, [Symbol.for('Piscina.valueOf')]: reply };
  return new Proxy(movable, {
    get: (target, key) => (typeof key === 'symbol' && key.description === 'Piscina.kMovable' ? true : Reflect.get(target, key)),
  });
}
