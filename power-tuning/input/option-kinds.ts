import { array, boolean, check, type GenericSchema, lazy, literal, number, pipe, regex, string } from 'valibot';

// One message for whatever is wrong with a value: it says what the option must be, whole.

export const integerIn = (min: number, max: number = Number.MAX_SAFE_INTEGER) => {
  const message = `must be an integer ${max === Number.MAX_SAFE_INTEGER ? `>= ${min}` : `from ${min} to ${max}`}`;
  return pipe(
    number(message),
    check((value) => Number.isSafeInteger(value) && value >= min && value <= max, message),
  );
};

export const numberIn = (min: number, max: number) => {
  const message = `must be a number from ${min} to ${max}`;
  return pipe(
    number(message),
    check((value) => value >= min && value <= max, message),
  );
};

export const flag = () => boolean('must be true or false');

/** @param form - What follows `must be`: `the name of an alias`. */
export const textLike = (pattern: RegExp, form: string) => pipe(string(`must be ${form}`), regex(pattern, `must be ${form}`));

export const listOf = <Item extends GenericSchema>(item: Item, things: string) => array(item, `must be a list of ${things}`);

/** A value, or a word in its place. Valibot's own union would say only that neither fits, not which item of a list is wrong. */
export const wordOr = <const Word extends string, Schema extends GenericSchema>(word: Word, schema: Schema) =>
  lazy((value): Schema | GenericSchema<Word> => (value === word ? literal(word) : schema));
