import { InvalidArgumentError } from 'commander';

/** An option of the command line that may be given once for each name: `Architecture=x86_64`. */
export function keyValue(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const mark = text.indexOf('=');
  if (mark < 1) throw new InvalidArgumentError('Write Name=Value.');
  return { ...before, [text.slice(0, mark)]: text.slice(mark + 1) };
}
