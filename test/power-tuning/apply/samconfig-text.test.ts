import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withOverride } from '../../../power-tuning/apply/samconfig-text.ts';

const MEMORY = { name: 'MonteCarloMemoryMb', value: 1769 };
const TABLE = '[default.deploy.parameters]\n';

/** Each marked place is what changes: `«before→after»`. */
function sides(marked: string): { readonly before: string; readonly after: string } {
  return { before: marked.replace(/«(.*?)→(.*?)»/gs, '$1'), after: marked.replace(/«(.*?)→(.*?)»/gs, '$2') };
}

test.each([
  ['a string', `${TABLE}parameter_overrides = "MonteCarloMemoryMb=«512→1769»"\n`],
  [
    'the only one among others',
    `${TABLE}parameter_overrides = "A=1 MonteCarloMemoryMb=«512→1769» B=2" # why\ncapabilities = "X"\n`,
  ],
  [
    'quotes in the string, as --guided writes',
    String.raw`${TABLE}parameter_overrides = "A=\"x y\" MonteCarloMemoryMb=\"«512→1769»\" B=\"\""`,
  ],
  ['an empty value', String.raw`${TABLE}parameter_overrides = "MonteCarloMemoryMb=\"«→1769»\""`],
  ['a literal string', `${TABLE}parameter_overrides = 'A="x" MonteCarloMemoryMb="«512→1769»"'\n`],
  [
    'the long form',
    `${TABLE}parameter_overrides = "ParameterKey=A,ParameterValue=1 ParameterKey=MonteCarloMemoryMb,ParameterValue=«512→1769»"\n`,
  ],
  ['a string of several lines', `${TABLE}parameter_overrides = """\\\n  A=1 \\\n  MonteCarloMemoryMb=«512→1769» \\\n  B=2"""\n`],
  ['escapes before it', String.raw`${TABLE}parameter_overrides = "A=\"\u00e9\U0001F600\" MonteCarloMemoryMb=«512→1769»"`],
  [
    'a name that ends alike',
    `${TABLE}parameter_overrides = "OtherMonteCarloMemoryMb=1 MonteCarloMemoryMb=«512→1769» MonteCarloMemoryMbX=2"\n`,
  ],
  ['the name in another value', `${TABLE}parameter_overrides = 'A="MonteCarloMemoryMb=1" MonteCarloMemoryMb=«512→1769»'\n`],
  ['twice', `${TABLE}parameter_overrides = "MonteCarloMemoryMb=«512→1769» MonteCarloMemoryMb=«640→1769»"\n`],
  ['an array', `${TABLE}parameter_overrides = ["A=1", "MonteCarloMemoryMb=«512→1769»"]\n`],
  ['an array of lines', `${TABLE}parameter_overrides = [\n  "MonteCarloMemoryMb=«512→1769»", # 1 ]\n  'B=2',\n]\n`],
  ['a missing one in a string', `${TABLE}parameter_overrides = "A=1«→ MonteCarloMemoryMb=1769»"\n`],
  ['a missing one in an empty string', `${TABLE}parameter_overrides = "«→MonteCarloMemoryMb=1769»"\n`],
  [
    'a missing one in the long form',
    `${TABLE}parameter_overrides = "ParameterKey=A,ParameterValue=1«→ ParameterKey=MonteCarloMemoryMb,ParameterValue=1769»"\n`,
  ],
  ['a missing one in lines', `${TABLE}parameter_overrides = """\n A=1 \n B=2«→ MonteCarloMemoryMb=1769»\n"""\n`],
  ['a missing one in joined lines', `${TABLE}parameter_overrides = """\\\n  A=1 \\\n  B=2«→ MonteCarloMemoryMb=1769» \\\n"""\n`],
  ['a missing one before a joined line end', `${TABLE}parameter_overrides = """A=1 B=2«→ MonteCarloMemoryMb=1769»\\\n"""\n`],
  ['a missing one in an array', `${TABLE}parameter_overrides = ["A=1"«→, "MonteCarloMemoryMb=1769"»]\n`],
  ['a missing one in an array with a last comma', `${TABLE}parameter_overrides = ["A=1",«→ "MonteCarloMemoryMb=1769"»]\n`],
  ['a missing one in an empty array', `${TABLE}parameter_overrides = [«→"MonteCarloMemoryMb=1769"»]\n`],
  [
    'a missing one in an array of lines',
    `${TABLE}parameter_overrides = [\n  'A=1',\n  'B=2', # b, ]\n«→  'MonteCarloMemoryMb=1769',\n»]\n`,
  ],
  [
    'a missing one in lines without a last comma',
    `${TABLE}parameter_overrides = [\n\t"A=1",\n\t"B=2"«→,» # b\n«→\t"MonteCarloMemoryMb=1769"\n»]\n`,
  ],
  [
    'a missing one in the long form of an array',
    `${TABLE}parameter_overrides = ["ParameterKey=A,ParameterValue=1"«→, "ParameterKey=MonteCarloMemoryMb,ParameterValue=1769"»]\n`,
  ],
  [
    'no key',
    `# a\n[default.deploy.parameters] # b\ncapabilities = "X" # c\n«→parameter_overrides = "MonteCarloMemoryMb=1769"\n»\n# of the next\n[prod.deploy.parameters]\nparameter_overrides = "MonteCarloMemoryMb=1"\n`,
  ],
  [
    'no key in an indented table',
    `  [default.deploy.parameters]\n  tags = [\n    "a",\n  ]\n«→  parameter_overrides = "MonteCarloMemoryMb=1769"\n»`,
  ],
  ['no key in an empty table', `${TABLE}«→parameter_overrides = "MonteCarloMemoryMb=1769"\n»[x]\n`],
  ['no key at the end without a line end', `${TABLE}resolve_s3 = true«→\nparameter_overrides = "MonteCarloMemoryMb=1769"»`],
  ['no table', `version = 0.1\n«→\n[default.deploy.parameters]\nparameter_overrides = "MonteCarloMemoryMb=1769"\n»`],
  [
    'no table and no line end',
    `version = 0.1«→\n\n[default.deploy.parameters]\nparameter_overrides = "MonteCarloMemoryMb=1769"\n»`,
  ],
  ['an empty file', `«→[default.deploy.parameters]\nparameter_overrides = "MonteCarloMemoryMb=1769"\n»`],
  ['dotted keys', `default.deploy.parameters.parameter_overrides = "MonteCarloMemoryMb=«512→1769»"\n`],
  ['quoted keys', `[ "default" . 'deploy'.parameters ]\n"parameter_overrides"="MonteCarloMemoryMb=«512→1769»"\n`],
  ['a table of a part of the path', `[default.deploy]\nparameters.parameter_overrides = "MonteCarloMemoryMb=«512→1769»"\n`],
  [
    'what only looks like it in text',
    `[a]\nb = """\n[default.deploy.parameters]\nparameter_overrides = "MonteCarloMemoryMb=1"\n"""\n# parameter_overrides = "MonteCarloMemoryMb=2"\n${TABLE}parameter_overrides = "MonteCarloMemoryMb=«512→1769»"\n`,
  ],
  [
    'all sorts of other values',
    `d = 1979-05-27 07:32:00Z # ]\nt = { a = [1, 2], "b" = "}" }\n[[x]]\ny = 0x1F\n[[x]]\n${TABLE}parameter_overrides = "MonteCarloMemoryMb=«512→1769»"\n`,
  ],
])('withOverride() writes %s and leaves the rest, whatever the line ends', (_what, marked) => {
  for (const lineBreak of ['\n', '\r\n']) {
    const { before, after } = sides(marked.replaceAll('\n', lineBreak));
    if (lineBreak === '\r\n' && !before.includes(lineBreak)) continue;
    expect(withOverride(before, MEMORY)).toBe(after);
    expect(withOverride(after, MEMORY)).toBe(after);
  }
});

test('withOverride() leaves a byte order mark', () => {
  expect(withOverride('\uFEFF[default.deploy.parameters]\n', MEMORY)).toBe(
    '\uFEFF[default.deploy.parameters]\nparameter_overrides = "MonteCarloMemoryMb=1769"\n',
  );
});

test('withOverride() adds one line to the samconfig.toml of this repository', async () => {
  const text = await readFile('samconfig.toml', 'utf8');
  const line = 'parameter_overrides = "MonteCarloMemoryMb=1769"';
  expect(withOverride(text, MEMORY)).toBe(`${text}${line}\n`);
});

test.each([
  ['no TOML', 'a = \n', /line 1 must be TOML/],
  ['a table in one line', `${TABLE}parameter_overrides = { MonteCarloMemoryMb = 512 }\n`, /neither a string nor an array/],
  ['an array of other things', `${TABLE}parameter_overrides = [["A=1"]]\n`, /array of other things/],
  ['a table inside a line', `default.deploy = { parameters = { resolve_s3 = true } }\n`, /form/],
  ['a text in two forms', `${TABLE}parameter_overrides = "MonteCarloMemoryMb=512 ParameterKey=A,ParameterValue=1"\n`, undefined],
  ['overrides for all commands', '[default.global.parameters]\nparameter_overrides = "A=1"\n', /which one for deploy would hide/],
  ['a text that SAM does not understand', `${TABLE}parameter_overrides = "A=1\\nMonteCarloMemoryMb=512"\n`, undefined],
])('withOverride() that meets %s says what to write by hand, or does it rightly', (_what, text, message) => {
  if (message === undefined) {
    // Added beside it, in the form that SAM reads.
    expect(withOverride(text, MEMORY)).toMatch(/MonteCarloMemoryMb(=|,ParameterValue=)1769/);
    return;
  }
  expect(() => withOverride(text, MEMORY)).toThrow(message);
  expect(() => withOverride(text, MEMORY)).toThrow(
    /^Cannot write MonteCarloMemoryMb into samconfig\.toml: .*; write it by hand: under \[default\.deploy\.parameters\], parameter_overrides = "MonteCarloMemoryMb=1769"$/s,
  );
});

test('withOverride() keeps every other override, whatever is written around it', () => {
  const name = fc.stringMatching(/^[A-Z][A-Za-z0-9]{0,8}$/);
  const value = fc.stringMatching(/^[a-z0-9:/.-]{1,8}$/);
  const quote = fc.constantFrom('"', "'", '"""', "'''");
  const overrides = fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 5 });
  fc.assert(
    fc.property(overrides, fc.constantFrom(' ', '  '), quote, fc.boolean(), (pairs, space, mark, isArray) => {
      const texts = pairs.map(([key, text]) => `${key}=${text}`);
      const written = (parts: readonly string[]): string =>
        isArray ? `[${parts.map((text) => `${mark}${text}${mark}`).join(`,${space}`)}]` : `${mark}${parts.join(space)}${mark}`;
      const edited = withOverride(`${TABLE}parameter_overrides = ${written(texts)}\n`, MEMORY);
      // All that was there, in one piece; then the new one.
      const kept = written(texts).slice(0, isArray ? -1 : -mark.length);
      expect(edited.startsWith(`${TABLE}parameter_overrides = ${kept}`)).toBe(true);
      expect(edited.slice(TABLE.length + 22 + kept.length)).toMatch(
        /^,? ?["']?MonteCarloMemoryMb=1769["']{1,3}\]?\n$|^,? ?["']MonteCarloMemoryMb=1769["']\]\n$/,
      );
    }),
  );
});
