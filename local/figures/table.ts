import { styleText } from 'node:util';
import Table from 'cli-table3';

/** A table for people. The first column is text, the others are figures. Colours only where stdout is a terminal that wants them. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: head.map((title) => styleText('bold', title, { stream: process.stdout })),
    colAligns: head.map((_, index) => (index === 0 ? 'left' : 'right')),
    // cli-table3 colours by itself, whatever the terminal.
    style: { head: [], border: [] },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
