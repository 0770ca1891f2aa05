/** Breaks a line at its blanks, not before a `%`, with what follows the first break under the text. A word that is longer stays whole. */
export function wrapped(line: string, columns: number, indent: string): string {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/(?<=\S) (?!%)/)) {
    if (current !== '' && current.length + 1 + word.length > columns) {
      lines.push(current);
      current = indent + word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current].join('\n');
}
