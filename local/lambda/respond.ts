import type { OutgoingHttpHeaders } from 'node:http';
import type { ServiceCall, ServiceError } from '../endpoint/service.ts';
import { discardBody } from './read-body.ts';

/** Those whose model spells `Message`; all others have `message`. */
const CAPITAL_MESSAGE: ReadonlySet<string> = new Set(['ResourceNotFoundException', 'ServiceException']);

export function respondJson(call: ServiceCall, status: number, body: object): void {
  respond(call, status, JSON.stringify(body));
}

/** @param json - Without a body it is empty, which no content type describes. */
export function respond(call: ServiceCall, status: number, json = '', headers: OutgoingHttpHeaders = {}): void {
  const { request, response, requestId } = call;
  response.writeHead(status, {
    ...(json === '' ? {} : { 'content-type': 'application/json' }),
    // A 204 has no length; anything else without one would be chunked.
    ...(status === 204 ? {} : { 'content-length': Buffer.byteLength(json) }),
    'x-amzn-requestid': requestId,
    ...headers,
  });
  response.end(json);
  discardBody(request);
}

/** REST-JSON, as Lambda writes it: who is to blame is in `Type`, and the code is in a header. */
export function respondError(call: ServiceCall, error: ServiceError): void {
  const code = error.code === 'InternalError' ? 'ServiceException' : error.code;
  const body = {
    ...blame(code, error.status),
    ...reason(code),
    [CAPITAL_MESSAGE.has(code) ? 'Message' : 'message']: error.message,
    ...error.details,
  };
  respond(call, error.status, JSON.stringify(body), { 'x-amzn-errortype': code, ...error.headers });
}

function blame(code: string, status: number): { Type?: string } {
  // The API's own front refuses what its model does not allow, and blames nobody.
  if (code === 'ValidationException') return {};
  return { Type: status >= 500 ? 'Service' : 'User' };
}

/** Overridden by the details of an error that knows better. */
function reason(code: string): { Reason?: string } {
  return code === 'TooManyRequestsException' ? { Reason: 'CallerRateLimitExceeded' } : {};
}
