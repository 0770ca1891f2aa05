import { isSameConfiguration } from './configuration.ts';
import { configurationJson, configurationJsonWithState } from './configuration-json.ts';
import { invalidParameter, updateInProgress, wrongRevision } from './errors.ts';
import type { FunctionVersion } from './function-version.ts';
import { type LambdaCall, type LambdaState, wholeFunctionOf } from './lambda-call.ts';
import type { LambdaFunction } from './lambda-function.ts';
import { textMember } from './members.ts';
import { pageOf } from './pages.ts';
import { readMembers } from './read-members.ts';
import { respondJson } from './respond.ts';

export async function publishVersion(state: LambdaState, lambdaCall: LambdaCall): Promise<void> {
  const lambdaFunction = wholeFunctionOf(state, lambdaCall);
  const members = await readMembers(state, lambdaCall, ['CodeSha256', 'Description', 'RevisionId']);
  const { CodeSha256, Description, RevisionId } = members;
  const description = Description == null ? undefined : textMember(Description, 'description', { maxLength: 256 });
  if (lambdaFunction.isUpdating) throw updateInProgress(lambdaFunction.arn);
  if (RevisionId != null && RevisionId !== lambdaFunction.latest.revisionId) throw wrongRevision();
  const { sha256 } = await lambdaFunction.latest.configuration.code.digest();
  if (CodeSha256 != null && CodeSha256 !== '' && CodeSha256 !== sha256)
    throw invalidParameter(
      `CodeSHA256 (${CodeSha256}) is different from current CodeSHA256 in $LATEST (${sha256}). Please try again with the CodeSHA256 in $LATEST.`,
    );
  const version = await publishIfChanged(lambdaFunction, description);
  const arn = `${lambdaFunction.arn}:${version.version}`;
  respondJson(lambdaCall.call, 201, await configurationJsonWithState(lambdaFunction, version, arn));
}

/** The last version, where nothing has changed since; a description alone makes no new one. */
export async function publishIfChanged(lambdaFunction: LambdaFunction, description?: string): Promise<FunctionVersion> {
  const { lastPublished, latest } = lambdaFunction;
  if (lastPublished === undefined) return lambdaFunction.publish(description);
  const isSame = await isSameConfiguration(lastPublished.source, latest.configuration);
  // Somebody else may have published meanwhile.
  if (lambdaFunction.lastPublished !== lastPublished) return publishIfChanged(lambdaFunction, description);
  return isSame ? lastPublished : lambdaFunction.publish(description);
}

export async function listVersionsByFunction(state: LambdaState, lambdaCall: LambdaCall): Promise<void> {
  const { call } = lambdaCall;
  const lambdaFunction = wholeFunctionOf(state, lambdaCall);
  const { items, marker } = pageOf(lambdaFunction.versions, call.query);
  const Versions = await Promise.all(
    items.map((version) => configurationJson(lambdaFunction, version, `${lambdaFunction.arn}:${version.version}`)),
  );
  respondJson(call, 200, { ...marker, Versions });
}
