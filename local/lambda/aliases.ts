import { ServiceError } from '../endpoint/service.ts';
import { readAdditionalVersion } from './alias-routing.ts';
import { wrongRevision } from './errors.ts';
import { functionArn } from './function-reference.ts';
import { type Alias, newRevisionId } from './function-version.ts';
import { functionOf, type LambdaCall, type LambdaState, referenceOf, wholeFunctionOf } from './lambda-call.ts';
import type { LambdaFunction } from './lambda-function.ts';
import { textMember } from './members.ts';
import { pageOf } from './pages.ts';
import { readMembers } from './read-members.ts';
import { respond, respondJson } from './respond.ts';

/** A name that is no number: https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html */
const NAME = /^(?!^[0-9]+$)([a-zA-Z0-9-_]+)$/;
const VERSION = /^(\$LATEST|[0-9]+)$/;

export async function createAlias(state: LambdaState, lambdaCall: LambdaCall): Promise<void> {
  const { call } = lambdaCall;
  const members = await readMembers(state, lambdaCall, ['Name', 'FunctionVersion', 'Description', 'RoutingConfig']);
  const name = textMember(members.Name, 'name', { maxLength: 128, pattern: NAME });
  const version = textMember(members.FunctionVersion, 'functionVersion', { maxLength: 1024, pattern: VERSION });
  const description = textMember(members.Description ?? '', 'description', { maxLength: 256 });
  const reference = referenceOf(state, lambdaCall);
  const arnOfVersion = functionArn({ ...state.account, region: call.region }, reference.functionName, version);
  const lambdaFunction = functionOf(state, lambdaCall, reference, arnOfVersion);
  if (lambdaFunction.aliases.has(name)) {
    const message = `Alias already exists: ${lambdaFunction.arn}:${name}`;
    throw new ServiceError(409, 'ResourceConflictException', message);
  }
  lambdaFunction.version(version);
  const additional = readAdditionalVersion(lambdaFunction, version, members.RoutingConfig);
  const alias = { name, description, version, additional, revisionId: newRevisionId() };
  lambdaFunction.aliases.set(name, alias);
  respondJson(call, 201, aliasJson(lambdaFunction, alias));
}

export function getAlias(state: LambdaState, lambdaCall: LambdaCall): void {
  const lambdaFunction = wholeFunctionOf(state, lambdaCall);
  const alias = lambdaFunction.aliases.get(lambdaCall.name);
  if (alias === undefined) {
    const message = `Cannot find alias arn: ${lambdaFunction.arn}:${lambdaCall.name}`;
    throw new ServiceError(404, 'ResourceNotFoundException', message);
  }
  respondJson(lambdaCall.call, 200, aliasJson(lambdaFunction, alias));
}

export async function updateAlias(state: LambdaState, lambdaCall: LambdaCall): Promise<void> {
  const known = ['FunctionVersion', 'Description', 'RoutingConfig', 'RevisionId'] as const;
  const { FunctionVersion, Description, RoutingConfig, RevisionId } = await readMembers(state, lambdaCall, known);
  const lambdaFunction = wholeFunctionOf(state, lambdaCall);
  const alias = lambdaFunction.aliases.get(lambdaCall.name);
  if (alias === undefined) {
    const message = `Alias not found: ${lambdaFunction.arn}:${lambdaCall.name}`;
    throw new ServiceError(404, 'ResourceNotFoundException', message);
  }
  if (RevisionId != null && RevisionId !== alias.revisionId) throw wrongRevision();
  const version = textMember(FunctionVersion ?? alias.version, 'functionVersion', { maxLength: 1024, pattern: VERSION });
  lambdaFunction.version(version);
  const updated = {
    ...alias,
    version,
    description: textMember(Description ?? alias.description, 'description', { maxLength: 256 }),
    additional: readAdditionalVersion(lambdaFunction, version, RoutingConfig ?? routingJson(alias)),
    revisionId: newRevisionId(),
  };
  lambdaFunction.aliases.set(alias.name, updated);
  respondJson(lambdaCall.call, 200, aliasJson(lambdaFunction, updated));
}

/** Deleting what is not there is no error, as long as the function is. */
export function deleteAlias(state: LambdaState, lambdaCall: LambdaCall): void {
  wholeFunctionOf(state, lambdaCall).aliases.delete(lambdaCall.name);
  respond(lambdaCall.call, 204);
}

export function listAliases(state: LambdaState, lambdaCall: LambdaCall): void {
  const { call } = lambdaCall;
  const lambdaFunction = wholeFunctionOf(state, lambdaCall);
  const wanted = call.query.get('FunctionVersion');
  const all = [...lambdaFunction.aliases.values()]
    .filter(({ version, additional }) => wanted === null || version === wanted || additional?.version === wanted)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const { items, marker } = pageOf(all, call.query);
  respondJson(call, 200, { ...marker, Aliases: items.map((alias) => aliasJson(lambdaFunction, alias)) });
}

function aliasJson({ arn }: LambdaFunction, alias: Alias): object {
  const { name, description, version, revisionId } = alias;
  return {
    AliasArn: `${arn}:${name}`,
    Name: name,
    FunctionVersion: version,
    Description: description,
    RevisionId: revisionId,
    RoutingConfig: routingJson(alias),
  };
}

function routingJson({ additional }: Alias): object | undefined {
  return additional && { AdditionalVersionWeights: { [additional.version]: additional.weight } };
}
