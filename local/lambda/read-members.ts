import { ServiceError } from '../endpoint/service.ts';
import { invalidParameter } from './errors.ts';
import type { LambdaCall, LambdaState } from './lambda-call.ts';
import { readBody } from './read-body.ts';

/**
 * The body of an operation that takes one.
 *
 * @param known - Members that the operation does something about; another one is an error, as it would be ignored.
 * @throws {ServiceError} `SerializationException`, `InvalidParameterValueException`, `RequestTooLargeException`
 */
export async function readMembers<Name extends string>(
  { limits }: LambdaState,
  { call, operation }: LambdaCall,
  known: readonly Name[],
): Promise<Partial<Record<Name, unknown>>> {
  const maxBytes = limits.maxPayloadBytes;
  const body = await readBody(call.request, maxBytes, () => {
    const message = `Request must be smaller than ${maxBytes} bytes for the ${operation} operation`;
    return new ServiceError(413, 'RequestTooLargeException', message);
  });
  const members = parseObject(body.toString('utf8'));
  const unknown = Object.keys(members).find((name) => !(known as readonly string[]).includes(name) && members[name] !== null);
  if (unknown === undefined) return members as Partial<Record<Name, unknown>>;
  throw invalidParameter(
    `Cannot set ${unknown} with ${operation}: the embedded Lambda has ${known.join(', ')}; leave ${unknown} out, or use AWS`,
  );
}

function parseObject(json: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json === '' ? '{}' : json);
  } catch (cause) {
    throw new ServiceError(400, 'SerializationException', `Could not parse request body into json: ${String(cause)}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ServiceError(400, 'SerializationException', 'Could not parse request body into json: it is no object');
}
