import { join } from 'node:path';
import type { FunctionModel, TemplateModel } from '../template/model.ts';
import { readTemplate, type TemplateOptions } from '../template/read-template.ts';

/**
 * What `sam build` has made: `.aws-sam/build`, with the artefacts as code folders, and layers with their packages in them.
 * `buildFunctions` takes it as any other model, and copies the code: where it is, the repository's `package.json` would make ES modules of it.
 *
 * @throws {TemplateError} As for the template itself.
 */
export async function readBuiltTemplate(folder: string, options: TemplateOptions = {}): Promise<TemplateModel> {
  const model = await readTemplate(join(folder, 'template.yaml'), options);
  return { ...model, functions: model.functions.map(asBuilt) };
}

function asBuilt(model: FunctionModel): FunctionModel {
  return { ...model, build: undefined, layers: undefined };
}
