import { overridesIn, overrideText } from './overrides.ts';
import { skipBlank, valueEnd } from './toml-statements.ts';
import { readTomlString, type TomlString } from './toml-string.ts';

/** Text that takes the place of what is from `start` to `end`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A parameter of the template, and the memory it is to have. */
export interface Parameter {
  readonly name: string;
  readonly value: number;
}

/**
 * What to change in the value of `parameter_overrides`, a string or an array of strings.
 *
 * @param start - Of the value.
 * @param lineBreak - Of the file.
 * @throws {RangeError} If it is something else.
 */
export function overrideEdits(text: string, start: number, parameter: Parameter, lineBreak: string): TextEdit[] {
  const first = text[start];
  if (first === '"' || first === "'") {
    const string = readTomlString(text, start);
    const replacing = replacements(string, parameter);
    return replacing.length > 0 ? replacing : [appendedToString(string, parameter)];
  }
  if (first !== '[') throw new RangeError('parameter_overrides is neither a string nor an array of strings');
  const array = readStrings(text, start);
  const replacing = array.strings.flatMap((string) => replacements(string, parameter));
  return replacing.length > 0 ? replacing : appendedToArray(text, array, parameter, lineBreak);
}

/** Of the same parameter more than once SAM takes the last: all have the new value afterwards. */
function replacements({ value: text, starts, ends }: TomlString, { name, value }: Parameter): TextEdit[] {
  return overridesIn(text)
    .filter((override) => override.name === name)
    .map(({ start, end }) => {
      const from = starts[start] ?? Number.NaN;
      return { start: from, end: end > start ? (ends[end - 1] ?? Number.NaN) : from, text: `${value}` };
    });
}

/** Behind the last character that is no blank: what follows it, as the end of a line, stays the end. */
function appendedToString({ value: text, ends, contentStart }: TomlString, { name, value }: Parameter): TextEdit {
  const override = overrideText(name, value, text);
  const behind = ends[text.trimEnd().length - 1];
  return behind === undefined ? insertion(contentStart, override) : insertion(behind, ` ${override}`);
}

interface StringArray {
  readonly strings: readonly (TomlString & { readonly start: number })[];
  readonly start: number;
  /** Behind the comma that follows the last string, if there is one. */
  readonly afterComma: number | undefined;
  /** Of the closing bracket. */
  readonly close: number;
}

function readStrings(text: string, start: number): StringArray {
  const strings: (TomlString & { start: number })[] = [];
  const close = valueEnd(text, start) - 1;
  let afterComma: number | undefined;
  for (let at = skipBlank(text, start + 1); at < close; at = skipBlank(text, at)) {
    if (text[at] === ',') {
      afterComma = ++at;
      continue;
    }
    if (text[at] !== '"' && text[at] !== "'")
      throw new RangeError('parameter_overrides is an array of other things than strings');
    const string = readTomlString(text, at);
    strings.push({ ...string, start: at });
    afterComma = undefined;
    at = string.end;
  }
  return { strings, start, afterComma, close };
}

/** The new string is like the last one: its quotes, its form, a line of its own where that has one. */
function appendedToArray(text: string, array: StringArray, { name, value }: Parameter, lineBreak: string): TextEdit[] {
  const last = array.strings.at(-1);
  const mark = last?.quote === "'" ? "'" : '"';
  const string = `${mark}${overrideText(name, value, last?.value ?? '')}${mark}`;
  if (last === undefined) return [insertion(array.start + 1, string)];
  const lineStart = text.lastIndexOf('\n', last.start - 1) + 1;
  const indent = text.slice(lineStart, last.start);
  const comma = array.afterComma === undefined ? [insertion(last.end, ',')] : [];
  const behind = array.afterComma ?? last.end;
  if (/\S/.test(indent)) return [...comma, insertion(behind, ` ${string}`)];
  // Behind a comment on the line of the last one, which stays with it.
  const rest = /^[ \t]*(#[^\r\n]*)?(?=\r?\n)/.exec(text.slice(behind, array.close))?.[0].length ?? 0;
  return [...comma, insertion(behind + rest, `${lineBreak}${indent}${string}${array.afterComma === undefined ? '' : ','}`)];
}

export function insertion(at: number, text: string): TextEdit {
  return { start: at, end: at, text };
}
