import type { BuildOptions } from 'esbuild';

type FlagValue = string | boolean | readonly string[];

/** Flags with a text, and what the text is for esbuild's API. */
const TEXTS: Readonly<Record<string, (text: string) => unknown>> = {
  ...same('abs-paths', 'asset-names', 'charset', 'chunk-names', 'entry-names', 'format', 'global-name', 'jsx', 'jsx-factory'),
  ...same(
    'jsx-fragment',
    'jsx-import-source',
    'legal-comments',
    'outbase',
    'packages',
    'public-path',
    'source-root',
    'tsconfig',
    'tsconfig-raw',
  ),
  ...Object.fromEntries(
    ['conditions', 'drop-labels', 'main-fields', 'resolve-extensions', 'target'].map((name) => [name, split]),
  ),
  'line-limit': Number,
  'mangle-props': (text) => new RegExp(text),
  'reserve-props': (text) => new RegExp(text),
};
/** `--sourcemap` is one with or without a text. */
const SWITCHES: ReadonlySet<string> = new Set([
  ...['allow-overwrite', 'ignore-annotations', 'jsx-dev', 'jsx-side-effects', 'keep-names', 'mangle-quoted', 'minify'],
  ...[
    'minify-identifiers',
    'minify-syntax',
    'minify-whitespace',
    'preserve-symlinks',
    'sources-content',
    'splitting',
    'tree-shaking',
  ],
]);
const LISTS: ReadonlySet<string> = new Set(['drop', 'external', 'inject', 'pure']);
const PAIRS: ReadonlySet<string> = new Set([
  'alias',
  'banner',
  'define',
  'footer',
  'loader',
  'log-override',
  'out-extension',
  'supported',
]);
/** Set by SAM itself, or not meant for esbuild: aws-lambda-builders, workflows/nodejs_npm_esbuild/esbuild.py. */
const OF_SAM: ReadonlySet<string> = new Set(['bundle', 'entry-points', 'outdir', 'platform', 'use-npm-ci']);
/** They say what is printed, and here the outcome is. */
const OF_PRINTING: ReadonlySet<string> = new Set(['color', 'log-level', 'log-limit']);

function same(...names: string[]): Readonly<Record<string, (text: string) => unknown>> {
  return Object.fromEntries(names.map((name) => [name, (text: string) => text]));
}

function split(text: string): string[] {
  return text.split(',');
}

/**
 * Build properties as `sam build` passes them to esbuild's command line: `true` as a flag, a text as its value, each item of a list as a
 * flag of its own, and `false` not at all. What esbuild's command line refuses is refused here.
 *
 * @throws {TypeError} Names the property, and what esbuild takes.
 */
export function esbuildFlags(properties: Readonly<Record<string, FlagValue>>): BuildOptions {
  // "--target=es2020", "--format=cjs", "--minify": SAM's defaults, in the same file.
  const options: Record<string, unknown> = { target: 'es2020', format: 'cjs', minify: true };
  for (const [property, value] of Object.entries(properties)) {
    const name = property.replaceAll(/(?<!^)(?=[A-Z])/g, '-').toLowerCase();
    if (OF_SAM.has(name) || OF_PRINTING.has(name)) continue;
    const key = name === 'tsconfig-raw' ? 'tsconfigRaw' : name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    // The default goes with the property, whatever its value.
    delete options[key];
    if (value === false) continue;
    options[key] = valueOfFlag(property, name, value);
  }
  return options;
}

function valueOfFlag(property: string, name: string, value: Exclude<FlagValue, false>): unknown {
  const refuse = (wanted: string): never => {
    const actual = typeof value === 'object' ? `a list of ${value.length}` : JSON.stringify(value);
    throw new TypeError(`build property ${property} must be ${wanted}, as the command line of esbuild has it: ${actual}`);
  };
  if (name === 'sourcemap') return typeof value === 'object' ? refuse('true or one text') : value;
  const asText = Object.hasOwn(TEXTS, name) ? TEXTS[name] : undefined;
  if (asText !== undefined) return typeof value === 'string' ? asText(value) : refuse('one text');
  if (SWITCHES.has(name)) {
    if (typeof value === 'boolean') return value;
    return value === 'true' || value === 'false' ? value === 'true' : refuse('true or false');
  }
  if (LISTS.has(name)) return typeof value === 'object' ? [...value] : refuse('a list');
  if (PAIRS.has(name)) return typeof value === 'object' ? pairs(name, value, refuse) : refuse('a list of <name>=<value>');
  return refuse('a flag of esbuild');
}

function pairs(name: string, items: readonly string[], refuse: (wanted: string) => never): Readonly<Record<string, unknown>> {
  const entries = items.map((item) => {
    const equals = item.indexOf('=');
    if (equals < 1) return refuse('a list of <name>=<value>');
    const value = item.slice(equals + 1);
    return [item.slice(0, equals), name === 'supported' ? value === 'true' : value];
  });
  return Object.fromEntries(entries);
}
