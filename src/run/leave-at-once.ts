/**
 * Calls `leave` as soon as the consumer of a stream leaves its loop. A generator by itself answers `return` only after its pending
 * `next`, and until then its tasks would run on.
 */
export function leaveAtOnce<Yielded>(
  generator: AsyncGenerator<Yielded, void, void>,
  leave: () => void,
): AsyncGenerator<Yielded, void, void> {
  const { return: end, throw: fail } = generator;
  generator.return = (value) => {
    leave();
    return end.call(generator, value);
  };
  generator.throw = (error) => {
    leave();
    return fail.call(generator, error);
  };
  return generator;
}
