import type { Readable } from 'node:stream';

/** CloudWatch takes 256 KiB per event. */
const MAX_LINE_LENGTH = 256 * 1024;

export interface LineSplitter {
  /** Gives what has no line end yet as a line. */
  flush(): void;
}

/** Splits what a process writes into lines. The runtime client writes a message of several lines with `\r` between them, which become `\n` again. */
export function splitLines(stream: Readable, onLine: (text: string) => void): LineSplitter {
  let rest = '';
  const give = (line: string): void => onLine(line.replace(/\r$/, '').replaceAll('\r', '\n'));
  function flush(): void {
    if (rest === '') return;
    const line = rest;
    rest = '';
    give(line);
  }
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = text.split('\n');
    // Only the first piece belongs to what came before.
    lines[0] = rest + lines[0];
    rest = lines.pop() ?? '';
    for (const line of lines) give(line);
    if (rest.length > MAX_LINE_LENGTH) flush();
  });
  return { flush };
}
