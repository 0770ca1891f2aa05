import { ServiceError } from '../endpoint/service.ts';
import { isExact } from './filter-pattern.ts';
import { compileFilters } from './filters.ts';
import { pageToken, positionOf } from './page-token.ts';
import type { DescribeRequest } from './query-request.ts';
import type { ResourceKind, ResourceTable } from './resource-kind.ts';

export interface Page<Resource> {
  readonly resources: readonly Resource[];
  readonly nextToken?: string;
}

/** Of both actions. The API reference no longer says so, but EC2 does: https://github.com/aws/aws-sdk-ruby/pull/2575 */
const MIN_RESULTS = 5;

export interface Paging {
  /** MaxResults counts the resources looked at, and not those that pass the filters. */
  readonly isSparse: boolean;
}

/**
 * The resources a call asks for. Without MaxResults that is all of them in one answer, as in EC2, which then warns of
 * throttling and timeouts.
 *
 * @throws {ServiceError} With the codes and texts of EC2.
 */
export function describe<Resource>(
  table: ResourceTable<Resource>,
  request: DescribeRequest,
  { isSparse }: Paging,
): Page<Resource> {
  const { kind, resources } = table;
  const passes = compileFilters(kind, request.filters);
  const pageSize = readPageSize(kind, request);
  if (request.isDryRun) throw new ServiceError(412, 'DryRunOperation', 'Request would have succeeded, but DryRun flag is set.');
  const start = request.nextToken === undefined ? 0 : positionOf(request.nextToken, request);

  const positions = candidates(table, request);
  const page: Resource[] = [];
  let counted = 0;
  // A page resumes where the last one stopped, so walking through all pages reads each resource once.
  const length = positions === undefined ? resources.length : positions.length;
  for (let index = positions === undefined ? start : lowerBound(positions, start); index < length; index++) {
    const position = positions === undefined ? index : (positions[index] as number);
    const resource = resources[position] as Resource;
    const isWanted = passes(resource);
    if (!isWanted && !isSparse) continue;
    if (counted === pageSize) return { resources: page, nextToken: pageToken(position, request) };
    counted++;
    if (isWanted) page.push(resource);
  }
  return { resources: page };
}

/** Ascending positions that hold everything the call can match, or `undefined` where only a scan can tell. */
function candidates<Resource>(table: ResourceTable<Resource>, { ids, filters }: DescribeRequest): readonly number[] | undefined {
  if (ids.length > 0) return positionsOfIds(table, ids);
  for (const { name, values } of filters) {
    const index = table.indexes[name];
    if (index === undefined || !values.every(isExact)) continue;
    if (values.length === 1) return index.get(values[0] ?? '') ?? [];
    // A volume of several of these instances is found once per instance.
    const found = new Set<number>();
    for (const value of values) for (const position of index.get(value) ?? []) found.add(position);
    return [...found].sort(ascending);
  }
  return undefined;
}

function positionsOfIds<Resource>({ kind, byId }: ResourceTable<Resource>, ids: readonly string[]): number[] {
  for (const id of ids) kind.assertWellFormed(id);
  const missing = ids.filter((id) => !byId.has(id));
  if (missing.length > 0) throw kind.notFound(missing);
  return ids.flatMap((id) => byId.get(id) ?? []).sort(ascending);
}

function readPageSize<Resource>({ idSetName, maxResults: limits }: ResourceKind<Resource>, request: DescribeRequest): number {
  const { maxResults, nextToken, ids } = request;
  if (ids.length > 0 && (maxResults !== undefined || nextToken !== undefined)) {
    // EC2's text: https://github.com/aws/aws-cli/issues/1976
    const other = maxResults === undefined ? 'nextToken' : 'maxResults';
    throw new ServiceError(
      400,
      'InvalidParameterCombination',
      `The parameter ${idSetName} cannot be used with the parameter ${other}`,
    );
  }
  if (maxResults === undefined) return nextToken === undefined ? Number.POSITIVE_INFINITY : limits.most;
  const invalid = (reason: string) =>
    new ServiceError(400, 'InvalidParameterValue', `Value ( ${maxResults} ) for parameter maxResults is invalid. ${reason}`);
  if (!/^-?\d{1,10}$/.test(maxResults)) throw invalid('Expecting an integer.');
  // The text is EC2's, though 5 itself is taken.
  if (Number(maxResults) < MIN_RESULTS) throw invalid(`Expecting a value greater than ${MIN_RESULTS}.`);
  if (Number(maxResults) > limits.most && !limits.isClamped) throw invalid(`Expecting a value smaller than ${limits.most}.`);
  return Math.min(Number(maxResults), limits.most);
}

function lowerBound(ascendingPositions: readonly number[], from: number): number {
  if (from === 0) return 0;
  const index = ascendingPositions.findIndex((position) => position >= from);
  return index < 0 ? ascendingPositions.length : index;
}

function ascending(a: number, b: number): number {
  return a - b;
}
