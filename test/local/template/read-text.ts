import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TemplateModel } from '../../../local/template/model.ts';
import { readTemplate, type TemplateOptions } from '../../../local/template/read-template.ts';
import type { TemplateError } from '../../../local/template/template-error.ts';
import { rejectionOf } from '../../helpers/rejection-of.ts';

/** A template with one function, of which a test says what it is about. */
export const HELLO = `
Transform: AWS::Serverless-2016-10-31
Resources:
  HelloFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: hello.handler
      Runtime: nodejs24.x
      CodeUri: code
`;

/** Reads a template beside the folders `code` and `layer`. */
export async function readText(text: string, options: TemplateOptions = {}): Promise<TemplateModel> {
  const folder = await mkdtemp(join(tmpdir(), 'lambda-parallel-template-'));
  try {
    await mkdir(join(folder, 'code'));
    await mkdir(join(folder, 'layer'));
    await writeFile(join(folder, 'template.yaml'), text.trimStart());
    return await readTemplate(join(folder, 'template.yaml'), options);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What is wrong with a template, one line each: `3: ResizeFunction.MemorySize must be …`. */
export async function problemsOf(text: string, options: TemplateOptions = {}): Promise<readonly string[]> {
  const { problems, file } = (await rejectionOf(readText(text, options))) as unknown as TemplateError;
  if (problems === undefined) throw new TypeError('Expected a TemplateError');
  return problems.map(({ message }) => message.replace(`${file}:`, ''));
}

/** What an expression comes to, as text, in a template with these other sections. */
export async function computed(expression: string, sections = '', options: TemplateOptions = {}): Promise<string | undefined> {
  const { outputs } = await readText(`${HELLO}${sections}\nOutputs:\n  Result:\n    Value: ${expression}\n`, options);
  return outputs['Result'];
}
