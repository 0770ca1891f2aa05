const CONTEXT_LINES = 2;

export interface DiffLine {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** What one edit changes, with the lines around it. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const old = before.split('\n');
  const young = after.split('\n');
  let head = 0;
  while (head < Math.min(old.length, young.length) && old[head] === young[head]) head++;
  let tail = 0;
  while (tail < Math.min(old.length, young.length) - head && old.at(-1 - tail) === young.at(-1 - tail)) tail++;
  const lines = (mark: DiffLine['mark'], texts: readonly string[]): DiffLine[] =>
    texts.map((text) => ({ mark, text: text.replace(/\r$/, '') }));
  return [
    ...lines(' ', old.slice(Math.max(0, head - CONTEXT_LINES), head)),
    ...lines('-', old.slice(head, old.length - tail)),
    ...lines('+', young.slice(head, young.length - tail)),
    ...lines(' ', old.slice(old.length - tail, old.length - tail + CONTEXT_LINES)),
  ];
}
