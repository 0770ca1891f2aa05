import { ServiceError } from '../endpoint/service.ts';
import { violatedConstraint } from './errors.ts';

interface TextRules {
  readonly maxLength: number;
  readonly pattern?: RegExp;
}

/** @throws {ServiceError} `SerializationException`, `ValidationException` */
export function textMember(value: unknown, member: string, { maxLength, pattern }: TextRules): string {
  if (typeof value !== 'string') throw wrongType(member, 'a string', value);
  if (value.length > maxLength)
    throw violatedConstraint(value, member, `Member must have length less than or equal to ${maxLength}`);
  if (pattern !== undefined && !pattern.test(value))
    throw violatedConstraint(value, member, `Member must satisfy regular expression pattern: ${pattern.source}`);
  return value;
}

/** @throws {ServiceError} `SerializationException`, `ValidationException` */
export function integerMember(value: unknown, member: string, { min, max }: { min: number; max: number }): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType(member, 'an integer', value);
  if (value < min) throw violatedConstraint(value, member, `Member must have value greater than or equal to ${min}`);
  if (value > max) throw violatedConstraint(value, member, `Member must have value less than or equal to ${max}`);
  return value;
}

/** @throws {ServiceError} `SerializationException` */
export function objectMember(value: unknown, member: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw wrongType(member, 'an object', value);
}

function wrongType(member: string, wanted: string, value: unknown): ServiceError {
  return new ServiceError(400, 'SerializationException', `${member} must be ${wanted}, got ${JSON.stringify(value)}`);
}
