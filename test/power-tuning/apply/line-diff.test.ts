import { expect, test } from 'vitest';
import { lineDiff } from '../../../power-tuning/apply/line-diff.ts';

const shown = (before: string, after: string): string[] => lineDiff(before, after).map(({ mark, text }) => `${mark}${text}`);

test('lineDiff() shows what changed and two lines on either side', () => {
  expect(shown('1\n2\n3\nold\n5\n6\n7\n', '1\n2\n3\nnew\n5\n6\n7\n')).toEqual([' 2', ' 3', '-old', '+new', ' 5', ' 6']);
});

test('lineDiff() shows added lines alone, without the line ends of another system', () => {
  expect(shown('1\r\n2\r\n', '1\r\nnew\r\n2\r\n')).toEqual([' 1', '+new', ' 2', ' ']);
});

test('lineDiff() has no line twice where the same text follows', () => {
  expect(shown('a\na\n', 'a\na\na\n')).toEqual([' a', ' a', '+a', ' ']);
});
