import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { TemplateModel } from './model.ts';
import { readModel } from './read-model.ts';
import { parseTemplate } from './source/parse-template.ts';
import { Problems, TemplateError } from './template-error.ts';

export interface TemplateOptions {
  /** By name, as text; lists with commas. Others have their defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** @defaultValue us-east-1 */
  readonly region?: string;
  /** Twelve digits. @defaultValue 123456789012, that of the embedded S3 and EC2 */
  readonly accountId?: string;
  /** What names begin with. @defaultValue lambda-parallel */
  readonly stackName?: string;
}

/**
 * Reads a SAM template as far as the embedded AWS can do what it says: nothing in it is passed over silently.
 *
 * @param file - YAML or JSON. Its folder is what `CodeUri` starts from.
 * @throws {TemplateError} Names all that is wrong or unsupported, by file and line.
 */
export async function readTemplate(file: string, options: TemplateOptions = {}): Promise<TemplateModel> {
  const { parameters = {}, region = 'us-east-1', accountId = '123456789012', stackName = 'lambda-parallel' } = options;
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new TypeError(`Cannot read the template as ${file} must be a file: ${cause.message}; correct the path`, { cause });
  });
  const problems = new Problems();
  const top = parseTemplate(text, problems);
  problems.throwIfAny(file);
  if (top === undefined) throw new TemplateError(file, []);
  const templateFolder = resolve(dirname(file));
  const model = readModel(top, { parameters, templateFolder, identity: { region, accountId, stackName } }, problems);
  problems.throwIfAny(file);
  return model;
}
