import type { IncomingHttpHeaders } from 'node:http';
import { ServiceError } from '../endpoint/service.ts';
import type { StoredObject } from './store.ts';

interface Conditions {
  readonly match: string | undefined;
  readonly noneMatch: string | undefined;
  readonly modifiedSince: string | undefined;
  readonly unmodifiedSince: string | undefined;
}

/**
 * Conditional GET and HEAD. An ETag condition decides over the date condition beside it (RFC 9110, 13.2.2), as S3 documents.
 *
 * @throws {ServiceError} 412 or 304
 */
export function checkRead(headers: IncomingHttpHeaders, object: StoredObject): void {
  const conditions = {
    match: headers['if-match'],
    noneMatch: headers['if-none-match'],
    modifiedSince: headers['if-modified-since'],
    unmodifiedSince: headers['if-unmodified-since'],
  };
  if (failsPrecondition(conditions, object))
    throw preconditionFailed(conditions.match === undefined ? 'If-Unmodified-Since' : 'If-Match');
  if (isUnchanged(conditions, object)) {
    throw new ServiceError(304, 'NotModified', 'Not Modified', {
      headers: { ETag: object.etag, 'Last-Modified': new Date(object.lastModifiedMs).toUTCString() },
    });
  }
}

/**
 * The conditions of a copy on its source. "Not modified" is a failure as well: there is nothing to answer 304 with.
 *
 * @throws {ServiceError} 412
 */
export function checkCopySource(headers: IncomingHttpHeaders, object: StoredObject): void {
  const conditions = {
    match: one(headers['x-amz-copy-source-if-match']),
    noneMatch: one(headers['x-amz-copy-source-if-none-match']),
    modifiedSince: one(headers['x-amz-copy-source-if-modified-since']),
    unmodifiedSince: one(headers['x-amz-copy-source-if-unmodified-since']),
  };
  if (failsPrecondition(conditions, object) || isUnchanged(conditions, object))
    throw preconditionFailed('x-amz-copy-source-if-*');
}

/**
 * Conditional PUT, copy, completion and delete: `existing` is what the write would replace.
 *
 * @throws {ServiceError} 412; 404 for If-Match without an object; 501 for what S3 does not offer either
 */
export function checkWrite(headers: IncomingHttpHeaders, existing: StoredObject | undefined, key: string): void {
  const match = headers['if-match'];
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined) {
    if (noneMatch !== '*') {
      const message = `A header you provided implies functionality that is not implemented: If-None-Match of a write is * only, got ${noneMatch}`;
      throw new ServiceError(501, 'NotImplemented', message, { details: { Header: 'If-None-Match' } });
    }
    if (existing !== undefined) throw preconditionFailed('If-None-Match');
  }
  if (match === undefined) return;
  if (existing === undefined)
    throw new ServiceError(404, 'NoSuchKey', 'The specified key does not exist.', { details: { Key: key } });
  if (!matches(match, existing.etag)) throw preconditionFailed('If-Match');
}

function failsPrecondition({ match, unmodifiedSince }: Conditions, object: StoredObject): boolean {
  if (match !== undefined) return !matches(match, object.etag);
  return unmodifiedSince !== undefined && object.lastModifiedMs > Date.parse(unmodifiedSince);
}

function isUnchanged({ noneMatch, modifiedSince }: Conditions, object: StoredObject): boolean {
  if (noneMatch !== undefined) return matches(noneMatch, object.etag);
  // A date that cannot be read compares as false: the condition is ignored.
  return modifiedSince !== undefined && object.lastModifiedMs <= Date.parse(modifiedSince);
}

function matches(wanted: string, etag: string): boolean {
  return wanted.split(',').some((one) => {
    const tag = one.trim();
    return tag === '*' || tag === etag || `"${tag}"` === etag;
  });
}

function preconditionFailed(condition: string): ServiceError {
  return new ServiceError(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    details: { Condition: condition },
  });
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
