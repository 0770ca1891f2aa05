import type { FunctionVersion } from './function-version.ts';
import type { LambdaFunction } from './lambda-function.ts';

/** A version as every answer describes it. */
export async function configurationJson(
  { name }: LambdaFunction,
  { version, configuration, revisionId, modifiedAtMs }: FunctionVersion,
  arn: string,
): Promise<object> {
  const { description, handler, runtime, architecture, memoryMb, timeoutSeconds, variables, logFormat, roleArn, code } =
    configuration;
  const { sha256, sizeBytes } = await code.digest();
  return {
    FunctionName: name,
    FunctionArn: arn,
    Runtime: runtime,
    Role: roleArn,
    Handler: handler,
    CodeSize: sizeBytes,
    Description: description,
    Timeout: timeoutSeconds,
    MemorySize: memoryMb,
    LastModified: new Date(modifiedAtMs).toISOString().replace('Z', '+0000'),
    CodeSha256: sha256,
    Version: version,
    ...(Object.keys(variables).length > 0 ? { Environment: { Variables: variables } } : {}),
    TracingConfig: { Mode: 'PassThrough' },
    RevisionId: revisionId,
    PackageType: 'Zip',
    Architectures: [architecture],
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: { LogFormat: logFormat, LogGroup: `/aws/lambda/${name}` },
  };
}

/** With its state, which lists leave out. */
export async function configurationJsonWithState(
  lambdaFunction: LambdaFunction,
  version: FunctionVersion,
  arn: string,
): Promise<object> {
  const isUpdating = version.version === '$LATEST' && lambdaFunction.isUpdating;
  return { ...(await configurationJson(lambdaFunction, version, arn)), State: 'Active', ...updateStatus(isUpdating) };
}

function updateStatus(isUpdating: boolean): object {
  if (!isUpdating) return { LastUpdateStatus: 'Successful' };
  return {
    LastUpdateStatus: 'InProgress',
    LastUpdateStatusReason: 'The function is being created.',
    LastUpdateStatusReasonCode: 'Creating',
  };
}
