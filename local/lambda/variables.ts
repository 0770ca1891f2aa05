import { invalidParameter, violatedConstraint } from './errors.ts';
import { objectMember, textMember } from './members.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const MAX_BYTES = 4096;
const NAME = /^[a-zA-Z][a-zA-Z0-9_]+$/;

/** Those that a function cannot set, since Lambda does: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const RESERVED: ReadonlySet<string> = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_MAX_CONCURRENCY',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);

const CANNOT = 'Lambda was unable to configure your environment variables because the environment variables you have provided';

/**
 * `Environment` of a function.
 *
 * @throws {ServiceError} `InvalidParameterValueException` above 4 KB and for a name that Lambda keeps for itself, `ValidationException`
 * for one that is no name of a variable.
 */
export function readVariables(environment: unknown): Readonly<Record<string, string>> {
  const { Variables = {} } = objectMember(environment, 'environment');
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(objectMember(Variables ?? {}, 'environment.variables'))) {
    if (RESERVED.has(name)) {
      const message = `${CANNOT} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${name}`;
      throw invalidParameter(message);
    }
    if (!NAME.test(name))
      throw violatedConstraint(name, 'environment.variables', `Map keys must satisfy regular expression pattern: ${NAME.source}`);
    const text = textMember(value, `environment.variables.${name}`, { maxLength: Number.POSITIVE_INFINITY });
    // No process can be started with it.
    if (text.includes('\0')) throw invalidParameter(`${CANNOT} contain a null character: ${name}`);
    variables[name] = text;
  }
  const measured = JSON.stringify(variables);
  if (Buffer.byteLength(measured) > MAX_BYTES)
    throw invalidParameter(`${CANNOT} exceeded the 4KB limit. String measured: ${measured}`);
  return variables;
}
