import type { ServiceCall } from '../endpoint/service.ts';
import { ServiceError } from '../endpoint/service.ts';

/**
 * Every caller is the owner: a request must name an access key, but its signature is not verified, since there is no secret to verify
 * it with. What is checked is what a program gets wrong: no signature at all, an outdated scheme, an expired presigned URL.
 *
 * @throws {ServiceError} `AccessDenied`, `InvalidRequest`
 */
export function authorize(call: ServiceCall, now: () => number): void {
  const { authorization } = call.request.headers;
  if (authorization !== undefined) {
    if (call.accessKeyId !== undefined) return;
    const message = `Cannot authorize the request: its Authorization header is not of Signature Version 4 but "${authorization.slice(0, 30)}…"; sign it as AWS4-HMAC-SHA256`;
    throw new ServiceError(400, 'InvalidRequest', message);
  }
  if (call.accessKeyId !== undefined) {
    checkExpiry(signedAtMs(call.query.get('X-Amz-Date')), Number(call.query.get('X-Amz-Expires') ?? Number.NaN) * 1000, now);
    return;
  }
  // Signature Version 2, in which boto3 still presigns by default.
  if (call.rawQuery.includes('AWSAccessKeyId=') && call.query.has('Signature')) {
    checkExpiry(0, Number(call.query.get('Expires') ?? Number.NaN) * 1000, now);
    return;
  }
  throw new ServiceError(403, 'AccessDenied', 'Access Denied');
}

const MAX_EXPIRES_MS = 7 * 24 * 3600 * 1000;

function checkExpiry(startMs: number, lifetimeMs: number, now: () => number): void {
  if (Number.isNaN(startMs) || Number.isNaN(lifetimeMs) || lifetimeMs < 0 || (startMs > 0 && lifetimeMs > MAX_EXPIRES_MS)) {
    const message = 'X-Amz-Date must be a date as 20261120T101500Z and X-Amz-Expires between 0 and 604800 seconds';
    throw new ServiceError(400, 'AuthorizationQueryParametersError', message);
  }
  if (now() <= startMs + lifetimeMs) return;
  throw new ServiceError(403, 'AccessDenied', 'Request has expired', {
    details: { Expires: new Date(startMs + lifetimeMs).toISOString(), ServerTime: new Date(now()).toISOString() },
  });
}

function signedAtMs(text: string | null): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '') ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
