import type { FunctionModel, TemplateModel } from '../template/model.ts';

/**
 * The function that runs `<handlerName>.handler`.
 *
 * @throws {TypeError} If the template has none.
 */
export function functionOfHandler({ functions }: TemplateModel, handlerName: string): FunctionModel {
  const found = functions.find(({ handler }) => handler.startsWith(`${handlerName}.`));
  if (found !== undefined) return found;
  const names = functions.map(({ handler }) => handler.slice(0, handler.lastIndexOf('.')));
  throw new TypeError(
    `Cannot run ${handlerName}: the template has no function with this handler; use one of ${names.join(', ')}`,
  );
}
