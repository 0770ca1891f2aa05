import { type ServiceCall, ServiceError } from '../endpoint/service.ts';
import { createAlias, deleteAlias, getAlias, listAliases, updateAlias } from './aliases.ts';
import { API_OPERATIONS, type ApiOperation } from './api-operations.ts';
import { deleteFunctionConcurrency, getAccountSettings, getFunctionConcurrency, putFunctionConcurrency } from './concurrency.ts';
import { deleteFunction, getFunction, getFunctionConfiguration, listFunctions } from './functions.ts';
import { invoke } from './invoke.ts';
import type { LambdaCall, LambdaHandler } from './lambda-call.ts';
import { updateFunctionConfiguration } from './update-configuration.ts';
import { listVersionsByFunction, publishVersion } from './versions.ts';

const HANDLERS: Readonly<Record<string, LambdaHandler>> = {
  Invoke: invoke,
  GetFunction: getFunction,
  GetFunctionConfiguration: getFunctionConfiguration,
  UpdateFunctionConfiguration: updateFunctionConfiguration,
  ListFunctions: listFunctions,
  DeleteFunction: deleteFunction,
  PublishVersion: publishVersion,
  ListVersionsByFunction: listVersionsByFunction,
  CreateAlias: createAlias,
  GetAlias: getAlias,
  UpdateAlias: updateAlias,
  DeleteAlias: deleteAlias,
  ListAliases: listAliases,
  PutFunctionConcurrency: putFunctionConcurrency,
  GetFunctionConcurrency: getFunctionConcurrency,
  DeleteFunctionConcurrency: deleteFunctionConcurrency,
  GetAccountSettings: getAccountSettings,
};

/** What the template does instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  UpdateFunctionCode: 'its functions run the built template; change the code and build the template again',
  CreateFunction: 'its functions are those of the template; add one there',
};

/** @throws {ServiceError} `UnknownOperationException` if it is none of the Lambda API */
export function operationOf(call: ServiceCall): LambdaCall {
  const method = call.request.method ?? 'GET';
  // The aws CLI has a slash at the end of some paths.
  const segments = call.rawPath.slice(1).replace(/\/$/, '').split('/');
  const operation = API_OPERATIONS.find((known) => isMeant(known, method, segments, call));
  if (operation === undefined) {
    const message = `Cannot find an operation of Lambda: it has none for ${method} ${call.rawPath}; check the endpoint's path`;
    throw new ServiceError(404, 'UnknownOperationException', message);
  }
  const [functionName = '', name = ''] = segments.filter((_, index) => operation.segments[index] === '*').map(decode);
  return { call, operation: operation.name, functionName, name };
}

/** @throws {ServiceError} `NotImplemented` with the name of the operation */
export function handlerOf(operation: string): LambdaHandler {
  const handler = Object.hasOwn(HANDLERS, operation) ? HANDLERS[operation] : undefined;
  if (handler !== undefined) return handler;
  const instead = INSTEAD[operation] ?? `it has ${Object.keys(HANDLERS).join(', ')}; use one of these, or AWS`;
  throw new ServiceError(501, 'NotImplemented', `${operation} is not implemented by the embedded Lambda: ${instead}`);
}

function isMeant(known: ApiOperation, method: string, segments: readonly string[], call: ServiceCall): boolean {
  if (known.method !== method || known.segments.length !== segments.length) return false;
  if (!known.segments.every((segment, index) => (segment === '*' ? segments[index] !== '' : segment === segments[index])))
    return false;
  return known.query === undefined || call.query.has(known.query);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
