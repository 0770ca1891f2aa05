/** A string in the text of a TOML file, with the place of each of its characters. */
export interface TomlString {
  /** What it says, escapes resolved. */
  readonly value: string;
  /** Where each UTF-16 unit of `value` begins in the file, and where it ends. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Behind the opening quote, and the line end that TOML drops there. */
  readonly contentStart: number;
  /** `"`, `'`, `"""` or `'''`. */
  readonly quote: string;
  /** Behind the closing quote. */
  readonly end: number;
}

const ESCAPED: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  e: '\u001b',
  '"': '"',
  '\\': '\\',
};
const HEX_LENGTH: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** @param start - Of the opening quote. @throws {RangeError} If the string has no end, or an escape that TOML does not know. */
export function readTomlString(text: string, start: number): TomlString {
  const [mark = '"'] = text.slice(start, start + 1);
  const quote = text.startsWith(mark.repeat(3), start) ? mark.repeat(3) : mark;
  let at = start + quote.length;
  // TOML drops the line end that follows the opening quotes.
  if (quote.length === 3) at += /^\r?\n/.exec(text.slice(at, at + 2))?.[0].length ?? 0;
  const contentStart = at;
  let value = '';
  const starts: number[] = [];
  const ends: number[] = [];
  const add = (characters: string, length: number): void => {
    for (let index = 0; index < characters.length; index++) {
      starts.push(at);
      ends.push(at + length);
    }
    value += characters;
    at += length;
  };
  while (!isClosing(text, at, quote)) {
    const character = text[at];
    if (character === undefined) throw new RangeError(`the string at offset ${start} has no end`);
    if (character !== '\\' || mark === "'") {
      add(character, 1);
      continue;
    }
    const lineEnd = quote.length === 3 ? /^\\[ \t]*\r?\n\s*/.exec(text.slice(at))?.[0] : undefined;
    if (lineEnd === undefined) add(...readEscape(text, at));
    else at += lineEnd.length;
  }
  return { value, starts, ends, contentStart, quote, end: at + quote.length };
}

/** Three quotes close a string, unless one more follows: then the first of them is content. */
function isClosing(text: string, at: number, quote: string): boolean {
  return text.startsWith(quote, at) && !(quote.length === 3 && text[at + 3] === quote[0]);
}

function readEscape(text: string, at: number): [characters: string, length: number] {
  const letter = text[at + 1] ?? '';
  const simple = ESCAPED[letter];
  if (simple !== undefined) return [simple, 2];
  const hexLength = HEX_LENGTH[letter] ?? 0;
  const hex = text.slice(at + 2, at + 2 + hexLength);
  if (hexLength === 0 || !/^[\da-f]+$/i.test(hex)) throw new RangeError(`\\${letter} at offset ${at} is no escape of TOML`);
  return [String.fromCodePoint(Number.parseInt(hex, 16)), 2 + hexLength];
}
