import { parse, type TomlTable } from 'smol-toml';

export type { TomlTable };

/** What a TOML file says. It is edited as text, so that comments, order and quotes stay. @throws {TypeError} By line, if it is no TOML. */
export function parseToml(text: string): TomlTable {
  try {
    return parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    const [message = ''] = String((cause as Error).message).split('\n');
    const { line } = cause as { line?: number };
    throw new TypeError(`line ${line ?? '?'} must be TOML: ${message}`, { cause });
  }
}
