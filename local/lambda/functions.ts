import { pathToFileURL } from 'node:url';
import { ServiceError } from '../endpoint/service.ts';
import { configurationJson, configurationJsonWithState } from './configuration-json.ts';
import { functionNotFound, invalidParameter, violatedConstraint } from './errors.ts';
import { functionArn } from './function-reference.ts';
import { LATEST } from './function-version.ts';
import { functionOf, functionsIn, type LambdaCall, type LambdaState, referenceOf } from './lambda-call.ts';
import { pageOf } from './pages.ts';
import { respond, respondJson } from './respond.ts';

export async function getFunctionConfiguration(state: LambdaState, lambdaCall: LambdaCall): Promise<void> {
  const reference = referenceOf(state, lambdaCall);
  const lambdaFunction = functionOf(state, lambdaCall, reference);
  const version = lambdaFunction.resolve(reference.qualifier);
  respondJson(lambdaCall.call, 200, await configurationJsonWithState(lambdaFunction, version, reference.arn));
}

export async function getFunction(state: LambdaState, lambdaCall: LambdaCall): Promise<void> {
  const reference = referenceOf(state, lambdaCall);
  const lambdaFunction = functionOf(state, lambdaCall, reference);
  const version = lambdaFunction.resolve(reference.qualifier);
  const reserved = state.concurrency.reserved(lambdaFunction.name);
  respondJson(lambdaCall.call, 200, {
    Configuration: await configurationJsonWithState(lambdaFunction, version, reference.arn),
    Code: { RepositoryType: 'Folder', Location: pathToFileURL(version.configuration.code.taskRoot).href },
    ...(reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: reserved } }),
  });
}

export async function listFunctions(state: LambdaState, { call }: LambdaCall): Promise<void> {
  const which = call.query.get('FunctionVersion');
  if (which !== null && which !== 'ALL')
    throw violatedConstraint(which, 'functionVersion', 'Member must satisfy enum value set: [ALL]');
  const region = call.query.get('MasterRegion');
  if (region !== null)
    throw invalidParameter(`Cannot list functions of MasterRegion "${region}": nothing is replicated here; leave it out`);
  const all = functionsIn(state, call.region).flatMap((lambdaFunction) =>
    which === null
      ? [{ lambdaFunction, version: lambdaFunction.latest, arn: lambdaFunction.arn }]
      : lambdaFunction.versions.map((version) => ({
          lambdaFunction,
          version,
          arn: `${lambdaFunction.arn}:${version.version}`,
        })),
  );
  const { items, marker } = pageOf(all, call.query);
  const Functions = await Promise.all(
    items.map(({ lambdaFunction, version, arn }) => configurationJson(lambdaFunction, version, arn)),
  );
  respondJson(call, 200, { ...marker, Functions });
}

export function deleteFunction(state: LambdaState, lambdaCall: LambdaCall): void {
  const reference = referenceOf(state, lambdaCall);
  const { functionName, qualifier } = reference;
  const isVersion = qualifier !== undefined && /^\d+$/.test(qualifier);
  if (qualifier !== undefined && qualifier.toUpperCase() !== LATEST && !isVersion)
    throw invalidParameter('Deletion of aliases is not currently supported.');
  const arn = functionArn({ ...state.account, region: lambdaCall.call.region }, functionName);
  const lambdaFunction = functionOf(state, lambdaCall, reference, arn);
  if (qualifier?.toUpperCase() === LATEST) {
    if (qualifier !== LATEST) throw functionNotFound(reference.arn);
    throw invalidParameter('$LATEST version cannot be deleted without deleting the function.');
  }
  if (qualifier === undefined) {
    state.functions.delete(functionName);
    state.concurrency.reserve(functionName, undefined);
    lambdaFunction.retire();
  } else {
    const names = [...lambdaFunction.aliases.values()]
      .filter(({ version, additional }) => version === qualifier || additional?.version === qualifier)
      .map(({ name }) => name);
    if (names.length > 0) {
      const message = `Unable to delete version because the following aliases reference it: [${names.join(', ')}]`;
      throw new ServiceError(409, 'ResourceConflictException', message);
    }
    lambdaFunction.deleteVersion(qualifier);
  }
  respond(lambdaCall.call, 204);
}
