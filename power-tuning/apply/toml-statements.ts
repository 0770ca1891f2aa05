import { readTomlString } from './toml-string.ts';

/** A table's header or a key with its value, by its place in the text of a TOML file. */
export interface TomlStatement {
  readonly kind: 'header' | 'value';
  /** From the top of the file: the key of a value follows the path of its table. */
  readonly path: readonly string[];
  readonly start: number;
  /** Of the value; of a header, its end. */
  readonly valueStart: number;
  /** Where its last line ends, comment included and line end not. */
  readonly lineEnd: number;
}

/**
 * What is where in a file that is known to be TOML. A table of an array (`[[name]]`) has the path of that array.
 *
 * @throws {RangeError} Where it cannot tell.
 */
export function tomlStatements(text: string): TomlStatement[] {
  const statements: TomlStatement[] = [];
  let table: readonly string[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (true) {
    at = skipBlank(text, at);
    if (at >= text.length) return statements;
    const start = at;
    const isHeader = text[at] === '[';
    const key = readKey(text, isHeader ? skip(text, at, /\[+/y) : at);
    if (isHeader) table = key.path;
    at = skip(text, key.end, isHeader ? /[ \t]*\]+/y : /[ \t]*=[ \t]*/y);
    const valueStart = at;
    if (!isHeader) at = valueEnd(text, at);
    at = skip(text, at, /[^\r\n]*/y);
    const path = isHeader ? table : [...table, ...key.path];
    statements.push({ kind: isHeader ? 'header' : 'value', path, start, valueStart, lineEnd: at });
  }
}

/** Behind blanks, line ends and comments. */
export function skipBlank(text: string, at: number): number {
  return skip(text, at, /(?:\s|#[^\n]*)*/y);
}

/** Behind the value that begins there: a string, an array, a table in one line, or a word. */
export function valueEnd(text: string, start: number): number {
  const first = text[start];
  if (first === '"' || first === "'") return readTomlString(text, start).end;
  if (first !== '[' && first !== '{') return skip(text, start, /[^\s,#\]}][^,#\]}\r\n]*/y);
  let at = start + 1;
  for (let depth = 1; depth > 0; ) {
    at = skipBlank(text, at);
    const character = text[at];
    if (character === undefined) throw new RangeError(`the value at offset ${start} has no end`);
    if (character === '"' || character === "'") {
      at = readTomlString(text, at).end;
      continue;
    }
    if (character === '[' || character === '{') depth++;
    if (character === ']' || character === '}') depth--;
    at++;
  }
  return at;
}

function readKey(text: string, start: number): { readonly path: readonly string[]; readonly end: number } {
  const path: string[] = [];
  let at = skip(text, start, /[ \t]*/y);
  while (true) {
    if (text[at] === '"' || text[at] === "'") {
      const { value, end } = readTomlString(text, at);
      path.push(value);
      at = end;
    } else {
      const end = skip(text, at, /[\w-]+/y);
      path.push(text.slice(at, end));
      at = end;
    }
    const dot = match(text, at, /[ \t]*\.[ \t]*/y);
    if (dot === undefined) return { path, end: at };
    at += dot.length;
  }
}

function skip(text: string, at: number, sticky: RegExp): number {
  const found = match(text, at, sticky);
  if (found === undefined) throw new RangeError(`what is at offset ${at} is not understood`);
  return at + found.length;
}

function match(text: string, at: number, sticky: RegExp): string | undefined {
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0];
}
