import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import { lineDiff } from '../apply/line-diff.ts';
import { memoryParameter } from '../apply/memory-parameter.ts';
import { withOverride } from '../apply/samconfig-text.ts';
import { replaceFile } from './replace-file.ts';

/** Where a memory setting is to be written. */
export interface ApplyTarget {
  readonly file: string;
  /** Of the template. */
  readonly parameterName: string;
}

const COLOURS = { '-': 'red', '+': 'green', ' ': 'dim' } as const;

/**
 * Finds out before anything is measured whether the result could be written.
 *
 * @throws {Error} If not, with what to do instead.
 */
export async function applyTarget(logicalId: string, file: string, isYes: boolean): Promise<ApplyTarget> {
  if (!isYes && !hasTerminal()) {
    throw new Error('Cannot ask before writing samconfig.toml: there is no terminal; add --yes to write without asking');
  }
  const template = await readFile(new URL('../../template.yaml', import.meta.url), 'utf8');
  const target = { file, parameterName: memoryParameter(template, logicalId) };
  withOverride(await readText(target, 128), { name: target.parameterName, value: 128 });
  return target;
}

/**
 * Shows what changes on stderr, asks unless `isYes`, and writes it.
 *
 * @returns What came of it, for people.
 * @throws The reason of `signal` when it aborts: nothing is written then.
 */
export async function applyMemory(target: ApplyTarget, memoryMb: number, isYes: boolean, signal: AbortSignal): Promise<string> {
  const { file, parameterName } = target;
  const before = await readText(target, memoryMb);
  const after = withOverride(before, { name: parameterName, value: memoryMb });
  if (after === before) return `${file} has ${parameterName}=${memoryMb} already.`;
  console.error(`\n${file}`);
  for (const { mark, text } of lineDiff(before, after)) {
    console.error(styleText(COLOURS[mark], `${mark} ${text}`, { stream: process.stderr }));
  }
  if (!isYes && !(await isConfirmed('Write it? [y/N] ', signal))) return 'Nothing was written.';
  await replaceFile(file, after);
  return `Written: ${file}. sam build && sam deploy gives the function ${memoryMb.toLocaleString('en-US')} MB.`;
}

async function readText({ file, parameterName }: ApplyTarget, memoryMb: number): Promise<string> {
  const byHand = `write it by hand: under [default.deploy.parameters], parameter_overrides = "${parameterName}=${memoryMb}"`;
  const bytes = await readFile(file).catch((cause) => {
    throw new Error(`Cannot write ${parameterName} into ${file}: ${cause.message}; ${byHand}`, { cause });
  });
  const text = bytes.toString('utf8');
  if (Buffer.from(text).equals(bytes)) return text;
  throw new Error(`Cannot write ${parameterName} into ${file}: it is not UTF-8; ${byHand}`);
}

async function isConfirmed(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // A terminal that is read gives Ctrl-C to its reader: it is to stop the command, as ever.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return /^y(es)?$/i.test((await terminal.question(question, { signal })).trim());
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    terminal.close();
  }
}

function hasTerminal(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}
