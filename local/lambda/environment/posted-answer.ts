import type { IncomingMessage } from 'node:http';

/** What a runtime posted for an invocation. */
export interface PostedAnswer {
  /** Empty where it is too large. */
  readonly payload: string;
  readonly isError: boolean;
  readonly isTooLarge: boolean;
}

/** "6 MB each for request and response (synchronous)", in bytes as Lambda's own error message has them. */
export const MAX_RESPONSE_BYTES = 6_291_556;

/** Trailers of a streamed response that failed under way. The body is base64 of JSON. */
const STREAM_ERROR = 'lambda-runtime-function-error-body';

/**
 * Reads to the end, also what is too large: the runtime is not to meet a closed socket while it writes.
 *
 * @throws What the socket does: a process that is killed leaves half a body.
 */
export async function readAnswer(request: IncomingMessage, isError: boolean): Promise<PostedAnswer> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    byteCount += chunk.length;
    if (byteCount <= MAX_RESPONSE_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (byteCount > MAX_RESPONSE_BYTES) return { payload: '', isError: true, isTooLarge: true };
  const streamError = request.trailers[STREAM_ERROR];
  if (streamError !== undefined) {
    return { payload: Buffer.from(streamError, 'base64').toString(), isError: true, isTooLarge: false };
  }
  return { payload: Buffer.concat(chunks).toString(), isError, isTooLarge: false };
}
