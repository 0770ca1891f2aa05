import { ServiceError } from '../endpoint/service.ts';
import { invalidParameter, violatedConstraint } from './errors.ts';

/** Whose functions these are. */
export interface Account {
  /** 12 digits. */
  readonly accountId: string;
  readonly region: string;
}

/** What a caller means by a function's name. */
export interface FunctionReference {
  readonly functionName: string;
  /** `$LATEST`, a version or an alias; undefined where the caller gave none. */
  readonly qualifier: string | undefined;
  /** With the qualifier that the caller gave, if any. */
  readonly arn: string;
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#lambda-Invoke-request-FunctionName */
const NAME_PATTERN =
  '(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?';
const NAME =
  /^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:(?<region>[a-z]{2}(?:-gov)?-[a-z]+-\d):)?(?:(?<accountId>\d{12}):)?(?:function:)?(?<functionName>[a-zA-Z0-9-_]+)(?::(?<suffix>\$LATEST|[a-zA-Z0-9-_]+))?$/;
const QUALIFIER_PATTERN = '\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+';
const QUALIFIER = /^[a-zA-Z0-9-_$.]+$/;

export function functionArn({ accountId, region }: Account, functionName: string, qualifier?: string): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${functionName}${qualifier === undefined ? '' : `:${qualifier}`}`;
}

/**
 * Takes a function's name apart: `name`, `name:live`, `123456789012:function:name`, a full ARN with or without a qualifier.
 *
 * @param account - With the region of the call.
 * @param qualifier - What the caller gave beside the name.
 * @throws {ServiceError} `ValidationException` for what is no name, `InvalidParameterValueException` for two qualifiers that differ,
 * `ResourceNotFoundException` and `AccessDeniedException` for another region and another account.
 */
export function parseReference(account: Account, name: string, qualifier?: string): FunctionReference {
  const parts = NAME.exec(name)?.groups;
  if (parts === undefined)
    throw violatedConstraint(name, 'functionName', `Member must satisfy regular expression pattern: ${NAME_PATTERN}`);
  if (qualifier !== undefined) checkQualifier(qualifier);
  const { region, accountId, functionName = '', suffix } = parts;
  if (region !== undefined && region !== account.region) {
    const message = `Functions from '${region}' are not reachable in this region ('${account.region}')`;
    throw new ServiceError(404, 'ResourceNotFoundException', message);
  }
  if (accountId !== undefined && accountId !== account.accountId) {
    const message = `Cannot reach functions of account ${accountId}: this is account ${account.accountId}; use its functions`;
    throw new ServiceError(403, 'AccessDeniedException', message);
  }
  if (qualifier !== undefined && suffix !== undefined && qualifier !== suffix)
    throw invalidParameter('The derived qualifier from the function name does not match the specified qualifier.');
  const given = qualifier ?? suffix;
  return { functionName, qualifier: given, arn: functionArn(account, functionName, given) };
}

function checkQualifier(qualifier: string): void {
  if (qualifier.length > 128)
    throw violatedConstraint(qualifier, 'qualifier', 'Member must have length less than or equal to 128');
  if (!QUALIFIER.test(qualifier))
    throw violatedConstraint(qualifier, 'qualifier', `Member must satisfy regular expression pattern: ${QUALIFIER_PATTERN}`);
}
