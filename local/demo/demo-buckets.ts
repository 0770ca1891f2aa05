import type { FunctionModel } from '../template/model.ts';
import type { DemoBuckets } from './demo-data.ts';

/** The buckets that the handlers of a template read from, by the variables that they are told them in; absent where one has none. */
export function demoBucketsOf(functions: readonly Pick<FunctionModel, 'variables'>[]): DemoBuckets | undefined {
  const variable = (name: string): string | undefined => functions.flatMap(({ variables }) => variables[name] ?? [])[0];
  const data = variable('BUCKET_NAME');
  const uploads = variable('UPLOAD_BUCKET_NAME');
  return data === undefined || uploads === undefined ? undefined : { data, uploads };
}
