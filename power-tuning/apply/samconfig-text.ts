import { isDeepStrictEqual } from 'node:util';
import { insertion, overrideEdits, type Parameter, type TextEdit } from './edit-overrides.ts';
import { overridesIn } from './overrides.ts';
import { parseToml, type TomlTable } from './parse-toml.ts';
import { type TomlStatement, tomlStatements } from './toml-statements.ts';

const TABLE = ['default', 'deploy', 'parameters'];
const KEY = 'parameter_overrides';

/**
 * The text of samconfig.toml with another value of one parameter of the template, for `sam deploy`. Everything else is as it was, byte by
 * byte; the key or its table is added where it is missing.
 *
 * @throws {Error} If this cannot be done safely; the message has the line to write by hand.
 */
export function withOverride(text: string, parameter: Parameter): string {
  try {
    const before = parseToml(text);
    const edited = applied(text, edits(text, before, parameter));
    if (!isAsIntended(before, edited, parameter)) throw new RangeError('its form is not one that can be edited safely');
    return edited;
  } catch (cause) {
    const byHand = `under [${TABLE.join('.')}], ${KEY} = "${parameter.name}=${parameter.value}"`;
    const { message } = cause as Error;
    throw new Error(`Cannot write ${parameter.name} into samconfig.toml: ${message}; write it by hand: ${byHand}`, { cause });
  }
}

function edits(text: string, before: TomlTable, parameter: Parameter): TextEdit[] {
  const lineBreak = /\r?\n/.exec(text)?.[0] ?? '\n';
  const statements = tomlStatements(text);
  const existing = statements.find(({ kind, path }) => kind === 'value' && isDeepStrictEqual(path, [...TABLE, KEY]));
  if (existing !== undefined) return overrideEdits(text, existing.valueStart, parameter, lineBreak);
  // One for deploy alone would take the place of those.
  if (valueAt(before, ['default', 'global', 'parameters', KEY]) !== undefined) {
    throw new RangeError(`[default.global.parameters] has ${KEY}, which one for deploy would hide`);
  }
  const line = `${KEY} = "${parameter.name}=${parameter.value}"`;
  const place = lastOfTable(statements);
  if (place !== undefined) {
    const lineStart = text.lastIndexOf('\n', place.start - 1) + 1;
    const indent = /^[ \t]*/.exec(text.slice(lineStart, place.start))?.[0] ?? '';
    return [insertion(place.lineEnd, `${lineBreak}${indent}${line}`)];
  }
  const isLineOpen = text !== '' && !text.endsWith('\n');
  const head = `${isLineOpen ? lineBreak : ''}${text === '' ? '' : lineBreak}[${TABLE.join('.')}]${lineBreak}`;
  return [insertion(text.length, `${head}${line}${lineBreak}`)];
}

/** The last statement of the table, or its header if it is empty. */
function lastOfTable(statements: readonly TomlStatement[]): TomlStatement | undefined {
  const header = statements.findIndex(({ kind, path }) => kind === 'header' && isDeepStrictEqual(path, TABLE));
  if (header === -1) return undefined;
  const next = statements.findIndex(({ kind }, index) => index > header && kind === 'header');
  return statements.at(next === -1 ? -1 : next - 1);
}

function applied(text: string, all: readonly TextEdit[]): string {
  let edited = text;
  // From the end, so that places stay what they are; of two at the same place the second comes first.
  for (const { start, end, text: replacement } of all.toReversed().toSorted((a, b) => b.start - a.start)) {
    edited = edited.slice(0, start) + replacement + edited.slice(end);
  }
  return edited;
}

/** Whether nothing else has changed, for TOML and for SAM. */
function isAsIntended(before: TomlTable, edited: string, { name, value }: Parameter): boolean {
  let after: TomlTable;
  try {
    after = parseToml(edited);
  } catch {
    return false;
  }
  const expected = { ...overridesOf(before), [name]: String(value) };
  return isDeepStrictEqual(overridesOf(after), expected) && isDeepStrictEqual(withoutOverrides(after), withoutOverrides(before));
}

function overridesOf(config: TomlTable): Readonly<Record<string, string>> {
  const texts = [valueAt(config, [...TABLE, KEY]) ?? []].flat();
  const all = texts.filter((text) => typeof text === 'string').flatMap(overridesIn);
  return Object.fromEntries(all.map(({ name, value }) => [name, value]));
}

/** @returns All the rest, without tables that are empty. */
function withoutOverrides(config: TomlTable): unknown {
  const rest = structuredClone(config);
  const parameters = valueAt(rest, TABLE) as Record<string, unknown> | undefined;
  if (parameters !== undefined) delete parameters[KEY];
  return JSON.parse(JSON.stringify(rest), (key, value) =>
    TABLE.includes(key) && isDeepStrictEqual(value, {}) ? undefined : value,
  );
}

function valueAt(config: TomlTable, path: readonly string[]): unknown {
  let value: unknown = config;
  for (const name of path)
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return value;
}
