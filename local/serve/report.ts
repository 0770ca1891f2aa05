import type { Stack } from '../stack/stack.ts';

/** What `npm run local` says when all is up. */
export interface LocalReport {
  /** For programs. */
  readonly json: string;
  readonly lines: {
    /** What a shell can evaluate. */
    readonly shell: readonly string[];
    readonly person: readonly string[];
  };
}

/** @param overriding - Variables of the caller's shell that would win over ours. */
export function localReport(
  { url, model, control }: Pick<Stack, 'url' | 'model' | 'control'>,
  variables: Readonly<Record<string, string>>,
  overriding: readonly string[],
): LocalReport {
  const { functions, buckets, outputs } = model;
  const exported = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const shell = [`export ${exported.join(' ')}`];
  if (overriding.length > 0) shell.push(`unset ${overriding.join(' ')}`);
  const width = Math.max(0, ...functions.map(({ functionName }) => functionName.length));
  const person = [
    ...functions.map(
      ({ functionName, memoryMb, timeoutSeconds }) =>
        `${functionName.padEnd(width)}  ${`${memoryMb.toLocaleString('en-US')} MB`.padStart(9)}  ${timeoutSeconds} s`,
    ),
    ...buckets.map(({ bucketName }) => `s3://${bucketName}`),
    ...(control.reason === undefined ? [] : [control.reason]),
    'Ctrl-C stops.',
  ];
  const json = JSON.stringify(
    {
      url,
      variables,
      functions: functions.map(({ logicalId, functionName, memoryMb, timeoutSeconds, aliasName }) => ({
        logicalId,
        functionName,
        memoryMb,
        timeoutSeconds,
        aliasName,
      })),
      buckets: buckets.map(({ bucketName }) => bucketName),
      outputs,
      isLimited: control.isLimited,
      reason: control.reason,
    },
    null,
    2,
  );
  return { json, lines: { shell, person } };
}
