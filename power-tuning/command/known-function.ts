import type { FunctionModel, TemplateModel } from '../../local/template/model.ts';

/** The function that has a handler of this name. @throws {TypeError} Names those that are there. */
export function knownFunction({ functions }: TemplateModel, name: string): FunctionModel {
  const found = functions.find((each) => handlerName(each) === name);
  if (found !== undefined) return found;
  const known = functions.map(handlerName).join(', ');
  throw new TypeError(`Cannot tune ${name}: template.yaml has no function with this handler; name one of ${known}`);
}

function handlerName({ handler }: FunctionModel): string {
  return handler.slice(0, handler.lastIndexOf('.'));
}
