import type { LogFormat, Runtime } from '../template/model.ts';
import type { Configuration } from './configuration.ts';
import { configurationJsonWithState } from './configuration-json.ts';
import { invalidParameter, updateInProgress, wrongRevision } from './errors.ts';
import { type LambdaCall, type LambdaState, wholeFunctionOf } from './lambda-call.ts';
import { integerMember, objectMember, textMember } from './members.ts';
import { readMembers } from './read-members.ts';
import { respondJson } from './respond.ts';
import { readVariables } from './variables.ts';

const RUNTIMES: readonly Runtime[] = ['nodejs22.x', 'nodejs24.x'];
const LOG_FORMATS: readonly LogFormat[] = ['JSON', 'Text'];
const ROLE = /^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/;

/** What may be changed without deploying, and how it is read. */
const CHANGES = {
  Description: (value) => ({ description: textMember(value, 'description', { maxLength: 256 }) }),
  Handler: (value) => ({ handler: textMember(value, 'handler', { maxLength: 128, pattern: /^[^\s]+$/ }) }),
  MemorySize: (value) => ({ memoryMb: integerMember(value, 'memorySize', { min: 128, max: 10_240 }) }),
  Timeout: (value) => ({ timeoutSeconds: integerMember(value, 'timeout', { min: 1, max: 900 }) }),
  Environment: (value) => ({ variables: readVariables(value) }),
  Runtime: (value) => ({ runtime: oneOf(RUNTIMES, value, 'runtime') }),
  Role: (value) => ({ roleArn: textMember(value, 'role', { maxLength: 10_000, pattern: ROLE }) }),
  LoggingConfig: (value) => ({ logFormat: readLogFormat(value) }),
} satisfies Record<string, (value: unknown) => Partial<Configuration>>;

type Member = keyof typeof CHANGES;

/** The new configuration is that of `$LATEST` from now on, also while `LastUpdateStatus` is `InProgress`. */
export async function updateFunctionConfiguration(state: LambdaState, lambdaCall: LambdaCall): Promise<void> {
  const lambdaFunction = wholeFunctionOf(state, lambdaCall);
  const names = Object.keys(CHANGES) as Member[];
  const { RevisionId, ...members } = await readMembers(state, lambdaCall, [...names, 'RevisionId']);
  const changes = names
    .filter((name) => members[name] != null)
    .map((name): Partial<Configuration> => CHANGES[name](members[name]));
  if (lambdaFunction.isUpdating) throw updateInProgress(lambdaFunction.arn);
  if (RevisionId != null && RevisionId !== lambdaFunction.latest.revisionId) throw wrongRevision();
  lambdaFunction.update(Object.assign({}, lambdaFunction.latest.configuration, ...changes) as Configuration);
  const { latest, arn } = lambdaFunction;
  respondJson(lambdaCall.call, 200, await configurationJsonWithState(lambdaFunction, latest, arn));
}

function readLogFormat(value: unknown): LogFormat {
  const { LogFormat, ...others } = objectMember(value, 'loggingConfig');
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined)
    throw invalidParameter(
      `Cannot set LoggingConfig.${unknown}: the embedded Lambda has LogFormat; leave ${unknown} out, or use AWS`,
    );
  return oneOf(LOG_FORMATS, LogFormat, 'loggingConfig.logFormat');
}

function oneOf<Value extends string>(values: readonly Value[], value: unknown, member: string): Value {
  const found = values.find((known) => known === value);
  if (found !== undefined) return found;
  throw invalidParameter(
    `Value ${value} at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${values.join(', ')}] or be a valid ARN`,
  );
}
