import type middy from '@middy/core';
import { type GenericSchema, getDotPath, type InferOutput, safeParse } from 'valibot';

/** The event is not what the handler takes: the caller's mistake, so retrying the same event is in vain. */
class InvalidEventError extends Error {
  readonly code = 'ERR_INVALID_EVENT';

  static {
    InvalidEventError.prototype.name = 'InvalidEventError';
  }
}

/**
 * Middy middleware: the handler gets the event as `schema` has read it, or the caller an error that names every wrong field.
 *
 * @param handlerName - Whose sample event the message points to.
 */
export function validateEvent<const Schema extends GenericSchema>(
  handlerName: string,
  schema: Schema,
): middy.MiddlewareObj<InferOutput<Schema>> {
  return {
    before(request) {
      const result = safeParse(schema, request.event);
      if (!result.success) {
        const complaints = result.issues.map((issue) => `${getDotPath(issue) ?? 'event'}: ${issue.message}`);
        throw new InvalidEventError(
          `Cannot run ${handlerName}: its event is not valid (${complaints.join('; ')}); compare handlers/events/${handlerName}.json`,
        );
      }
      request.event = result.output;
    },
  };
}
