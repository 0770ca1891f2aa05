import { createHash } from 'node:crypto';
import { textOf } from '../source/read-value.ts';
import { shown } from '../source/shown.ts';
import type { Value } from '../source/template-node.ts';
import { ProblemAt } from '../template-error.ts';
import type { Naming } from './resource-kind.ts';

/** CloudFormation adds random letters; here a name stays the same from one start to the next. */
export function generatedName(stackName: string, logicalId: string, { maxLength, isLowerCase }: Naming): string {
  const name = `${stackName}-${logicalId}`;
  const inCase = isLowerCase === true ? name.toLowerCase() : name;
  if (inCase.length <= maxLength) return inCase;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${inCase.slice(0, maxLength - hash.length - 1)}-${hash}`;
}

/** @throws {ProblemAt} If AWS would not take it. */
export function explicitName(value: Value, { maxLength, pattern, inWords }: Naming): string {
  const name = textOf(value);
  if (name.length <= maxLength && pattern.test(name)) return name;
  throw new ProblemAt(
    value,
    `must be a name of at most ${maxLength} characters, ${inWords}: ${shown(value)}; choose another one`,
  );
}
