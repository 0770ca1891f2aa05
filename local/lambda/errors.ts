import { ServiceError } from '../endpoint/service.ts';

export function invalidParameter(message: string): ServiceError {
  return new ServiceError(400, 'InvalidParameterValueException', message);
}

/** What the API's own model refuses, before a function is looked at: in Lambda's words. */
export function violatedConstraint(value: unknown, member: string, constraint: string): ServiceError {
  const message = `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`;
  return new ServiceError(400, 'ValidationException', message);
}

export function functionNotFound(arn: string): ServiceError {
  return new ServiceError(404, 'ResourceNotFoundException', `Function not found: ${arn}`);
}

export function wrongRevision(): ServiceError {
  const message =
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id';
  return new ServiceError(412, 'PreconditionFailedException', message);
}

export function updateInProgress(arn: string): ServiceError {
  const message = `The operation cannot be performed at this time. An update is in progress for resource: ${arn}`;
  return new ServiceError(409, 'ResourceConflictException', message);
}
