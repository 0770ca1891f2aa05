import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** A template as it is written, with the short forms of intrinsic functions as long ones: `!Ref Name` is `{ Ref: 'Name' }`. */
interface StackTemplate {
  readonly Parameters: Readonly<
    Record<string, { readonly Type: string; readonly Default: unknown; readonly Description: string }>
  >;
  readonly Globals: unknown;
  readonly Resources: Readonly<Record<string, StackResource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface StackResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly Metadata?: { readonly BuildProperties: Readonly<Record<string, unknown>> };
}

export async function stackTemplate(): Promise<StackTemplate> {
  const customTags = ['Ref', 'Fn::Sub', 'Fn::GetAtt'].map((name) => ({
    tag: `!${name.replace('Fn::', '')}`,
    resolve: (argument: string) => ({ [name]: argument }),
  }));
  return parse(await readFile('template.yaml', 'utf8'), { customTags });
}
