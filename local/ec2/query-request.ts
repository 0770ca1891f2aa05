import { ServiceError } from '../endpoint/service.ts';

/** A Describe* call of the EC2 query protocol, read but not judged. */
export interface DescribeRequest {
  readonly action: string;
  readonly ids: readonly string[];
  readonly filters: readonly Filter[];
  readonly maxResults: string | undefined;
  readonly nextToken: string | undefined;
  readonly isDryRun: boolean;
}

export interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

const VERSION = '2016-11-15';
/** `IncludeManagedResources` asks for instances that AWS services own and hide; the fleet has none, so either value is honoured. */
const ACCEPTED = new Set(['Action', 'Version', 'MaxResults', 'NextToken', 'DryRun', 'IncludeManagedResources']);
/** What a presigned or old-style signed GET adds. */
const SIGNATURE = /^(X-Amz-|AWSAccessKeyId$|Signature|Timestamp$|Expires$)/;

/**
 * @param idName - `InstanceId` or `VolumeId`: the name of the list of IDs in this action.
 * @throws {ServiceError} `UnknownParameter`, so that nothing a client asks for is ignored; `NoSuchVersion`.
 */
export function readDescribeRequest(parameters: URLSearchParams, action: string, idName: string): DescribeRequest {
  const ids = new Map<number, string>();
  const filters = new Map<number, { name?: string; values: Map<number, string> }>();
  for (const [key, value] of parameters) {
    const [head = '', index = '', field, valueIndex, ...rest] = key.split('.');
    if (head === idName && isIndex(index) && field === undefined) {
      ids.set(Number(index), value);
      continue;
    }
    if (head === 'Filter' && isIndex(index) && rest.length === 0) {
      let filter = filters.get(Number(index));
      if (filter === undefined) {
        filter = { values: new Map() };
        filters.set(Number(index), filter);
      }
      if (field === 'Name' && valueIndex === undefined) filter.name = value;
      else if (field === 'Value' && valueIndex !== undefined && isIndex(valueIndex)) filter.values.set(Number(valueIndex), value);
      else throw unknownParameter(field ?? key);
      continue;
    }
    if (!ACCEPTED.has(key) && !SIGNATURE.test(key)) throw unknownParameter(key);
  }
  const version = parameters.get('Version');
  if (version !== null && version !== VERSION)
    throw new ServiceError(
      400,
      'NoSuchVersion',
      `The requested version (${version}) of service AmazonEC2 does not exist; use ${VERSION}`,
    );
  return {
    action,
    ids: [...new Set(inOrder(ids))],
    filters: inOrder(filters).map(({ name, values }) => {
      if (name === undefined)
        throw new ServiceError(400, 'MissingParameter', 'The request must contain the parameter Filter.Name');
      return { name, values: inOrder(values) };
    }),
    maxResults: parameters.get('MaxResults') ?? undefined,
    nextToken: parameters.get('NextToken') ?? undefined,
    isDryRun: parameters.get('DryRun')?.toLowerCase() === 'true',
  };
}

function unknownParameter(name: string): ServiceError {
  // Text of EC2: https://github.com/rusoto/rusoto/issues/355
  return new ServiceError(400, 'UnknownParameter', `The parameter ${name} is not recognized`);
}

function isIndex(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text);
}

/** Clients may send `Value.10` before `Value.2`. They hardly ever do, and sorting what is sorted costs next to nothing. */
function inOrder<Value>(byIndex: Map<number, Value>): Value[] {
  return [...byIndex].sort(([a], [b]) => a - b).map(([, value]) => value);
}
