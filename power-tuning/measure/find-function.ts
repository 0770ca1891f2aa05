import type { TemplateModel } from '../../local/template/model.ts';

/** `[arn:aws:lambda:<region>:<account>:function:]<name>[:<qualifier>]`, whichever account and region: inputs are for AWS as well. */
const REFERENCE = /^(?:arn:[\w-]+:lambda:[\w-]*:\d*:function:)?(?<name>[\w-]+)(?<qualifier>:[\w$-]+)?$/;

/**
 * The function of a template that an input names.
 *
 * @returns Its name, with the qualifier if there is one.
 * @throws {TypeError} If the template has none of that name.
 */
export function findFunction({ functions }: TemplateModel, reference: string): string {
  const { name, qualifier = '' } = REFERENCE.exec(reference)?.groups ?? {};
  if (functions.some(({ functionName }) => functionName === name)) return `${name}${qualifier}`;
  const names = functions.map(({ functionName }) => functionName).join(', ');
  throw new TypeError(
    `Cannot invoke ${reference} here: it must be a function of the template; use one of ${names}, or tune on AWS`,
  );
}
