import { ServiceError } from '../endpoint/service.ts';
import type { DescribeRequest } from './query-request.ts';

/**
 * Where the next page begins, as a text that clients cannot be tempted to read. It carries a print of the query: EC2 documents a
 * token only for the same query, and a client that changes its filters between pages would get a mixture of both.
 */
export function pageToken(position: number, request: DescribeRequest): string {
  return Buffer.from(`1.${position}.${printOf(request)}`).toString('base64');
}

/** @throws {ServiceError} If the token is not one of this query. */
export function positionOf(token: string, request: DescribeRequest): number {
  const [version, position, print] = Buffer.from(token, 'base64').toString('latin1').split('.');
  // EC2's text and code for DescribeInstances and DescribeVolumes; its list of codes also has InvalidPaginationToken.
  if (version !== '1' || !/^\d+$/.test(position ?? ''))
    throw new ServiceError(400, 'InvalidParameterValue', 'Unable to parse pagination token');
  if (print !== printOf(request))
    throw new ServiceError(
      400,
      'InvalidParameterValue',
      'Unable to parse pagination token: it belongs to a call with other filters',
    );
  return Number(position);
}

/** FNV-1a, 32 bits: this tells queries apart, it does not protect anything. */
function printOf({ action, filters }: DescribeRequest): string {
  const text = action + filters.map(({ name, values }) => `\0${name}\0${values.join('\x01')}`).join('');
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(36);
}
