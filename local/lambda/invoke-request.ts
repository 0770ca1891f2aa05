import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../endpoint/service.ts';
import { invalidParameter, violatedConstraint } from './errors.ts';
import type { ResolvedLimits } from './limits.ts';
import { readBody } from './read-body.ts';

const INVOCATION_TYPES = ['Event', 'RequestResponse', 'DryRun'] as const;
export type InvocationType = (typeof INVOCATION_TYPES)[number];

/** Headers that change what Invoke does, and that nothing is done about here. */
const UNSUPPORTED = ['x-amz-durable-execution-name', 'x-amz-tenant-id'];

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#lambda-Invoke-request-ClientContext */
const MAX_CLIENT_CONTEXT_CHARS = 3583;

export interface InvokeHeaders {
  readonly type: InvocationType;
  readonly isTailWanted: boolean;
  /** JSON. */
  readonly clientContext: string | undefined;
  readonly traceId: string;
}

/** @throws {ServiceError} `ValidationException`, `InvalidParameterValueException`, `InvalidRequestContentException` */
export function readInvokeHeaders({ headers }: IncomingMessage): InvokeHeaders {
  const unsupported = UNSUPPORTED.find((name) => headers[name] !== undefined);
  if (unsupported !== undefined)
    throw invalidParameter(
      `Cannot invoke with ${unsupported}: the embedded Lambda does not support it; leave it out, or use AWS`,
    );
  return {
    type: oneOf(INVOCATION_TYPES, headers['x-amz-invocation-type'] ?? 'RequestResponse', 'invocationType'),
    isTailWanted: oneOf(['None', 'Tail'], headers['x-amz-log-type'] ?? 'None', 'logType') === 'Tail',
    clientContext: readClientContext(headers['x-amz-client-context']),
    traceId: String(headers['x-amzn-trace-id'] ?? newTraceId()),
  };
}

/**
 * The event, as it was sent; without one it is an empty object.
 *
 * @throws {ServiceError} `RequestTooLargeException` before more than the limit is read, `InvalidRequestContentException`
 */
export async function readEvent(request: IncomingMessage, type: InvocationType, limits: ResolvedLimits): Promise<string> {
  const maxBytes = type === 'Event' ? limits.maxAsyncPayloadBytes : limits.maxPayloadBytes;
  const bytes = await readBody(request, maxBytes, (byteCount) => tooLarge(byteCount, type, maxBytes));
  if (bytes.length === 0) return '{}';
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalidContent('Invalid UTF-8');
  }
  checkJson(text);
  return text;
}

/** @throws {ServiceError} `InvalidRequestContentException` */
export function checkJson(text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw invalidContent(String((error as Error).message));
  }
}

/** In the two wordings that Lambda has: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html has the sizes. */
export function tooLarge(byteCount: number, type: InvocationType, maxBytes: number): ServiceError {
  const message =
    type === 'Event'
      ? `${byteCount} byte payload is too large for the Event invocation type (limit ${maxBytes} bytes)`
      : `Request must be smaller than ${maxBytes} bytes for the InvokeFunction operation`;
  return new ServiceError(413, 'RequestTooLargeException', message);
}

/** Of an invocation that nobody else traces. */
export function newTraceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}

function readClientContext(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const encoded = String(header);
  if (encoded.length > MAX_CLIENT_CONTEXT_CHARS)
    throw invalidContent(`the client context has ${encoded.length} characters, the most are ${MAX_CLIENT_CONTEXT_CHARS}`);
  const json = Buffer.from(encoded, 'base64').toString('utf8');
  try {
    if (typeof JSON.parse(json) === 'object') return json;
  } catch {
    // Said below, as for JSON that is no object.
  }
  throw new ServiceError(400, 'InvalidRequestContentException', 'Client context must be a valid Base64-encoded JSON object.');
}

function oneOf<Value extends string>(values: readonly Value[], value: unknown, member: string): Value {
  const found = values.find((known) => known === value);
  if (found !== undefined) return found;
  throw violatedConstraint(value, member, `Member must satisfy enum value set: [${values.join(', ')}]`);
}

function invalidContent(why: string): ServiceError {
  const message = `Could not parse request body into json: Could not parse payload into json: ${why}`;
  return new ServiceError(400, 'InvalidRequestContentException', message);
}
